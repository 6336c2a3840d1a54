-- body.lua - no more of a body is asked for than is needed.
dofile("play.lua")

local conn = open("mx-in")
local mail = ordinary("forged")
table.insert(mail.fields, { "Liaison-Record", "LS-20260101-AAAAA" })
begin(conn, mail)
is(answer(conn), "continue", "ordinary mail with a field of ours: waits for its end")
mt.bodystring(conn, string.rep("x", 60000))
is(answer(conn), "skip", "... without its body")
mt.eom(conn)
is(answer(conn), "accept", "... and passes")
ok(mt.eom_check(conn, MT_HDRDELETE, "Liaison-Record"), "... without the field")

-- Submitted, and to somebody outside: the first piece tells.
mt.disconnect(conn)
conn = open()
begin(conn, ordinary("talk"))
is(answer(conn), "continue", "ordinary mail that was submitted: a look at its body")
mt.bodystring(conn, "Shall we have lunch?\r\n")
is(answer(conn), "accept", "... which ends at the first piece")

-- More than max-message-size.
mail = statement("large")
begin(conn, mail)
mt.bodystring(conn, mail.body)
local pieces = 0
while answer(conn) == "continue" and pieces < 20 do
	mt.bodystring(conn, string.rep(string.rep("y", 70) .. "\r\n", 800))
	pieces = pieces + 1
end
is(answer(conn), "skip", "no more than max-message-size is taken")
mt.eom(conn)
is(answer(conn), "reply", "... and what cannot be kept whole is not held, but refused")

-- No body at all.
mail = statement("bare")
begin(conn, mail)
mt.eom(conn)
ok(answer(conn) ~= nil, "a mail without a body gets an answer: " .. tostring(answer(conn)))
mt.disconnect(conn)

done()
