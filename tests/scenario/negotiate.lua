-- negotiate.lua - the daemon asks for what it uses, and for nothing else.
dofile("play.lua")

local conn = open()
local steps = {
	{ "no answer at connect", SMFIP_NR_CONN, true }, { "no answer at MAIL", SMFIP_NR_MAIL, true },
	{ "no answer at RCPT", SMFIP_NR_RCPT, true }, { "no answer at a header field", SMFIP_NR_HDR, true },
	{ "no HELO", SMFIP_NOHELO, true }, { "no DATA", SMFIP_NODATA, true },
	{ "no unknown commands", SMFIP_NOUNKNOWN, true }, { "skips a body", SMFIP_SKIP, true },
	{ "values as they are", SMFIP_HDR_LEADSPC, true },
	{ "an answer at the end of header", SMFIP_NR_EOH, false }, { "an answer at the body", SMFIP_NR_BODY, false },
	{ "connections", SMFIP_NOCONNECT, false }, { "senders", SMFIP_NOMAIL, false },
	{ "recipients", SMFIP_NORCPT, false }, { "header fields", SMFIP_NOHDRS, false },
	{ "the end of header", SMFIP_NOEOH, false }, { "the body", SMFIP_NOBODY, false },
	{ "rejected recipients", SMFIP_RCPT_REJ, false },
}
for _, row in ipairs(steps) do
	is(mt.test_option(conn, row[2]), row[3], "step: " .. row[1])
end

local actions = {
	{ "add fields", SMFIF_ADDHDRS, true }, { "change fields", SMFIF_CHGHDRS, true },
	{ "add recipients", SMFIF_ADDRCPT, true }, { "remove recipients", SMFIF_DELRCPT, true },
	{ "choose macros", SMFIF_SETSYMLIST, true },
	{ "change the body", SMFIF_CHGBODY, true }, { "change the sender", SMFIF_CHGFROM, false },
	{ "quarantine", SMFIF_QUARANTINE, false }, { "recipients with parameters", SMFIF_ADDRCPT_PAR, false },
}
for _, row in ipairs(actions) do
	is(mt.test_action(conn, row[2]), row[3], "action: " .. row[1])
end
mt.disconnect(conn)

-- A server that wants an answer at every step and cannot be asked for macros. (The manual of miltertest has
-- the two last arguments the other way round.)
conn = mt.connect(socket)
mt.negotiate(conn, 6, SMFIP_SKIP + SMFIP_HDR_LEADSPC, SMFIF_ADDHDRS + SMFIF_CHGHDRS + SMFIF_ADDRCPT + SMFIF_DELRCPT)
is(mt.test_option(conn, SMFIP_NR_HDR), false, "an older server: asked for nothing that it lacks")
mt.conninfo(conn, "mail.example.org", "203.0.113.9")
is(answer(conn), "continue", "... and answered at each step")
mt.disconnect(conn)

done()
