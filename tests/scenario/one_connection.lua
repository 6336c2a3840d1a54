-- one_connection.lua - several mails on one connection, each judged by itself; what was begun and given up
-- leaves nothing behind.
dofile("play.lua")

local conn = open("mx-in")
local mail = ordinary("elsewhere")
mail.login = nil
local got, step = send(conn, mail)
is(got .. " " .. step, "accept header", "ordinary mail from elsewhere is accepted at the end of its header")
got, step = send(conn, mail)
is(got .. " " .. step, "accept header", "... and the next one, too")
mt.disconnect(conn)

conn = open()
got, step = send(conn, ordinary("first"))
is(got .. " " .. step, "accept body", "ordinary mail that was submitted is accepted at its first piece")

got, step = send(conn, statement("gap", ""))
is(got, "reply", "a statement with a gap is refused")
is(step, "message", "... at its end")
ok(not mt.eom_check(conn, MT_RCPTDELETE, "<" .. outside .. ">"), "... and not edited")

got, step = send(conn, statement("whole"))
is(got, "accept", "a statement without approval passes")
ok(mt.eom_check(conn, MT_RCPTDELETE, "<" .. outside .. ">"), "... without the recipient outside")
ok(not mt.eom_check(conn, MT_RCPTDELETE, "<bbf-manager@ietf.org>"), "... with the one at home")
ok(mt.eom_check(conn, MT_HDRADD, "Liaison-Record"), "... and says where it is on record")

-- Given up at each step, and the next mail begins.
local half = statement("half")
envelope(conn, half)
mt.abort(conn)
envelope(conn, half)
mt.header(conn, "Subject", " half")
mt.abort(conn)
begin(conn, half)
is(answer(conn), "continue", "a statement's body is wanted")
mt.bodystring(conn, half.body)
mt.abort(conn)
got, step = send(conn, ordinary("last"))
is(got .. " " .. step, "accept body", "ordinary mail after three that were given up")

-- A mail whose sender says MAIL again without a word in between.
envelope(conn, half)
got, step = send(conn, ordinary("again"))
is(got .. " " .. step, "accept body", "a second MAIL begins anew")
mt.disconnect(conn)

-- Many connections at once, their mails interwoven.
local conns, mails = {}, {}
for i = 1, 20 do
	conns[i] = open()
	mails[i] = i % 2 == 0 and ordinary("woven-" .. i) or statement("woven-" .. i, "")
	envelope(conns[i], mails[i])
end
for i = 1, 20 do
	for _, field in ipairs(mails[i].fields) do
		mt.header(conns[i], field[1], " " .. field[2])
	end
end
local right = 0
for i = 1, 20 do
	mt.eoh(conns[i])
	mt.bodystring(conns[i], mails[i].body)
	if answer(conns[i]) == "continue" then
		mt.eom(conns[i])
	end
	right = right + (answer(conns[i]) == (i % 2 == 0 and "accept" or "reply") and 1 or 0)
end
is(right, 20, "twenty interwoven mails get their own answers")

-- Closed in the middle, with and without a word.
for i = 1, 20 do
	if i % 2 == 1 then
		envelope(conns[i], mails[i])
		mt.header(conns[i], "Subject", " LS on nothing")
	end
	mt.disconnect(conns[i], i % 4 < 2)
end
conn = open()
got = send(conn, ordinary("after"))
is(got, "accept", "served after connections that were cut")
mt.disconnect(conn)

done()
