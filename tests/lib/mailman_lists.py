"""mailman_lists.py - lists of a real Mailman 3, driven line by line; LSM::Mailman starts it.

Arguments: the folder into which Mailman's packages were unpacked, an empty folder of its own, the port of the mail
server it sends to. One JSON object a line comes in, {"do": NAME, ...}; one goes out, {"ok": ...} or {"error": TEXT}.
Mailman runs within this process: after each command its queues are worked off until they are empty, so that what
the command causes has been handed to the mail server when the answer is there. No name is looked up.
"""

import json
import os
import sys
import traceback

root, place, port = sys.argv[1:4]
packages = os.path.join(root, 'usr/lib/python3/dist-packages')
sys.path.insert(0, packages)

CONFIGURATION = f"""
[mailman]
layout: here
site_owner: postmaster@ietf.org
[paths.here]
var_dir: {place}
bin_dir: {place}/bin
queue_dir: $var_dir/queue
list_data_dir: $var_dir/lists
log_dir: $var_dir/logs
lock_dir: $var_dir/locks
data_dir: $var_dir/data
cache_dir: $var_dir/cache
etc_dir: $var_dir/etc
ext_dir: $var_dir/ext
messages_dir: $var_dir/messages
archive_dir: $var_dir/archives
template_dir: $var_dir/templates
pid_file: $var_dir/master.pid
lock_file: $lock_dir/master.lck
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///{place}/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
outgoing: mailman.mta.deliver.deliver
smtp_host: 127.0.0.1
smtp_port: {port}
verp_personalized_deliveries: yes
[archiver.prototype]
enable: no
"""

with open(os.path.join(place, 'mailman.cfg'), 'w') as file:
    file.write(CONFIGURATION)

from mailman.core.initialize import initialize

initialize(os.path.join(place, 'mailman.cfg'))

from mailman.app.digests import maybe_send_digest_now
from mailman.app.lifecycle import create_list, remove_list
from mailman.app.moderator import handle_message
from mailman.config import config
from mailman.core.switchboard import Switchboard
from mailman.database.transaction import transaction
from mailman.email.message import Message
from mailman.interfaces.action import Action
from mailman.interfaces.domain import IDomainManager
from mailman.interfaces.listmanager import IListManager
from mailman.interfaces.mailinglist import DMARCMitigateAction, Personalization
from mailman.interfaces.member import DeliveryMode, MemberRole
from mailman.interfaces.requests import IListRequests, RequestType
from mailman.interfaces.usermanager import IUserManager
from mailman.runners.digest import DigestRunner
from mailman.runners.incoming import IncomingRunner
from mailman.runners.outgoing import OutgoingRunner
from mailman.runners.pipeline import PipelineRunner
from mailman.runners.virgin import VirginRunner
import mailman.rules.dmarc
from email import message_from_bytes
from zope.component import getUtility

# As if each sender's domain had published "reject".
mailman.rules.dmarc.is_reject_or_quarantine = lambda *arguments, **options: True

# In the order in which a mail meets them.
RUNNERS = [('in', IncomingRunner), ('pipeline', PipelineRunner), ('digest', DigestRunner), ('virgin', VirginRunner),
           ('out', OutgoingRunner)]


def emptying(runner_class):
    class Emptying(runner_class):
        def _do_periodic(self):
            super()._do_periodic()
            self._stop = not self.switchboard.files

        def _snooze(self, count):
            self._stop = True

    Emptying.__name__ = runner_class.__name__
    return Emptying


RUNNERS = [(name, emptying(runner)) for name, runner in RUNNERS]


def files(name):
    return Switchboard(name, config.switchboards[name].queue_directory).files


def work():
    while any(files(name) for name, _ in RUNNERS):
        for name, runner in RUNNERS:
            if files(name):
                runner(name).run()


def found(address):
    return getUtility(IListManager).get(address)


# --- the commands; to add one: a function in the table below ---

def create(request):
    """list, settings: {attribute: value}; enums by name."""
    enums = {'personalize': Personalization, 'default_nonmember_action': Action, 'default_member_action': Action,
             'dmarc_mitigate_action': DMARCMitigateAction}
    with transaction():
        domain = request['list'].split('@')[1]
        if getUtility(IDomainManager).get(domain) is None:
            getUtility(IDomainManager).add(domain)
        made = create_list(request['list'], ['owner@ietf.org'])
        made.digest_size_threshold = 10000
        made.send_welcome_message = False
        for name, value in request.get('settings', {}).items():
            setattr(made, name, enums[name][value] if name in enums else value)
    return True


def remove(request):
    """list, which need not be there."""
    with transaction():
        mlist = found(request['list'])
        if mlist is not None:
            remove_list(mlist)
    return True


def subscribe(request):
    """list, addresses; mode: regular, mime_digests or plaintext_digests; role: member or moderator."""
    with transaction():
        mlist = found(request['list'])
        for text in request['addresses']:
            users = getUtility(IUserManager)
            address = users.get_address(text) or users.create_address(text)
            member = mlist.subscribe(address, MemberRole[request.get('role', 'member')])
            member.preferences.delivery_mode = DeliveryMode[request.get('mode', 'regular')]
    return True


def post(request):
    """list, mail: as the mail server has delivered it, Latin-1 for octets."""
    mail = message_from_bytes(request['mail'].encode('latin-1'), Message)
    mail.original_size = len(request['mail'])
    config.switchboards['in'].enqueue(mail, listid=found(request['list']).list_id, version=3)
    return True


def held(request):
    """list -> numbers of the posts that wait for a moderator."""
    return [row.id for row in IListRequests(found(request['list'])).of_type(RequestType.held_message)]


def accept(request):
    """list, number."""
    with transaction():
        handle_message(found(request['list']), request['number'], Action.accept)
    return True


def digest(request):
    """list: sends what has gathered."""
    with transaction():
        maybe_send_digest_now(found(request['list']), force=True)
    return True


COMMANDS = {command.__name__: command for command in (create, remove, subscribe, post, held, accept, digest)}

print(json.dumps({'ok': 'ready'}), flush=True)
for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = COMMANDS[request['do']](request)
        work()
        print(json.dumps({'ok': answer}), flush=True)
    except Exception:
        print(json.dumps({'error': traceback.format_exc()}), flush=True)
