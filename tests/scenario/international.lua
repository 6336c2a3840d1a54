-- international.lua - addresses and fields in UTF-8 (RFC 6531, 6532), and in what is neither UTF-8 nor ASCII.
dofile("play.lua")

local conn = open()
local mail = statement("eai")
mail.to = { "vorständin@bücher.example", outside, "bbf-manager@ietf.org" }
mail.fields[3] = { "Subject", "Überprüfung von STAMP — 評価" }
local got = send(conn, mail)
is(got, "accept", "a statement with recipients in UTF-8 is judged")
ok(mt.eom_check(conn, MT_RCPTDELETE, "<vorständin@bücher.example>"), "... who are removed by their very octets")
ok(mt.eom_check(conn, MT_RCPTDELETE, "<" .. outside .. ">"), "... as the others are")

mail = ordinary("eai-sender")
mail.from = "jürgen@bücher.example"
mail.to = { "用户@例子.example" }
mail.fields[1] = { "From", "Jürgen <jürgen@bücher.example>" }
is(send(conn, mail), "accept", "ordinary mail in UTF-8")

mail = statement("latin1", "")
mail.fields[3] = { "Subject", "\220berpr\252fung" }
mail.body = mail.body .. "\255\254\128 is no UTF-8\r\n"
is(send(conn, mail), "reply", "a statement with stray octets is judged")

mail = ordinary("latin1-sender")
mail.from = "j\252rgen@example.org"
is(send(conn, mail), "accept", "an envelope with stray octets")
mt.disconnect(conn)

done()
