-- play.lua - what the plays of this folder share: TAP, and one mail's way step by step.
--
-- miltertest runs a play with the global "socket" set; plays.t reads its TAP. All functions of mt raise an
-- error when the daemon does not answer, which ends the play without its plan.

local count = 0

function ok(holds, name)
	count = count + 1
	mt.echo((holds and "ok " or "not ok ") .. count .. " - " .. name)
	return holds
end

function is(got, want, name)
	if not ok(got == want, name) then
		mt.echo("# got: " .. tostring(got) .. ", wanted: " .. tostring(want))
	end
end

function done()
	mt.echo("1.." .. count)
end

local words = {
	[SMFIR_CONTINUE] = "continue", [SMFIR_ACCEPT] = "accept", [SMFIR_REJECT] = "reject", [SMFIR_SKIP] = "skip",
	[SMFIR_TEMPFAIL] = "tempfail", [SMFIR_DISCARD] = "discard", [SMFIR_REPLYCODE] = "reply",
}

-- The last answer in a word.
function answer(conn)
	return words[mt.getreply(conn)]
end

-- A connection of the submission listener, or of the one named.
function open(listener)
	local conn = mt.connect(socket, 40, 0.05)
	if conn == nil then
		error("no connection to " .. socket)
	end
	mt.macro(conn, SMFIC_CONNECT, "{daemon_name}", listener or "submission", "{client_addr}", "203.0.113.9")
	mt.conninfo(conn, "mail.example.org", "203.0.113.9")
	return conn
end

-- mail: {login, from, to = {...}, fields = {{name, value}, ...}, body}. Goes on as long as the daemon wants
-- more. Returns the answer, and the step it came at: "header", "body" or "message".
function send(conn, mail)
	begin(conn, mail)
	if answer(conn) ~= "continue" then
		return answer(conn), "header"
	end
	mt.bodystring(conn, mail.body)
	if answer(conn) ~= "continue" and answer(conn) ~= "skip" then
		return answer(conn), "body"
	end
	mt.eom(conn)
	return answer(conn), "message"
end

-- The mail up to the end of its header.
function begin(conn, mail)
	envelope(conn, mail)
	for _, field in ipairs(mail.fields) do
		mt.header(conn, field[1], " " .. field[2])
	end
	mt.eoh(conn)
end

function envelope(conn, mail)
	if mail.login then
		mt.macro(conn, SMFIC_MAIL, "i", "Q1", "{auth_authen}", mail.login)
	else
		mt.macro(conn, SMFIC_MAIL, "i", "Q1")
	end
	mt.mailfrom(conn, "<" .. mail.from .. ">")
	for _, recipient in ipairs(mail.to) do
		mt.rcptto(conn, "<" .. recipient .. ">")
	end
end

chair = "ippm-chairs@ietf.org"
director = "ad1@example.org"
outside = "liaisons@bbf.example"

-- A statement of IPPM to the Broadband Forum, approval lacking. purpose "": none.
function statement(id, purpose)
	local line = purpose == "" and "" or "Purpose: " .. (purpose or "For information") .. "\r\n"
	return {
		login = chair, from = chair, to = { outside, "bbf-manager@ietf.org" },
		fields = {
			{ "From", chair }, { "To", outside }, { "Subject", "STAMP YANG review" },
			{ "Message-ID", "<" .. id .. "@ietf.org>" }, { "Date", "Sat, 21 Nov 2026 10:00:00 +0000" },
		},
		body = "Liaison-Statement: 1\r\nFrom: IETF IPPM Working Group\r\nTo: Broadband Forum\r\n" .. line
			.. "From-Contact: " .. chair .. "\r\nTo-Contact: " .. outside .. "\r\nSend-Reply-To: " .. chair
			.. "\r\n\r\nDear colleagues,\r\n\r\nThis is statement " .. id .. ".\r\n",
	}
end

-- What is no business of ours.
function ordinary(id)
	return {
		login = "dave", from = "dave@example.org", to = { "friend@elsewhere.example" },
		fields = {
			{ "From", "dave@example.org" }, { "To", "friend@elsewhere.example" }, { "Subject", "lunch" },
			{ "Message-ID", "<" .. id .. "@example.org>" }, { "Date", "Sat, 21 Nov 2026 10:00:00 +0000" },
		},
		body = "At noon?\r\n",
	}
end
