"""What changes accounts: signing in and out, one-time codes, people and their grants."""

from ocop.accounts.services.codes import (
    approve_recovery,
    check_code,
    first_operator,
    issue_first_code,
    latest_code,
    may_issue_first_code,
    plain_code,
    start_recovery,
    use_code,
)
from ocop.accounts.services.delegations import delegate, end_delegation, end_help
from ocop.accounts.services.entrance import (
    check_password,
    choose_producer,
    end_sign_in,
    start_sign_in,
    stay_awake,
    token_hash,
)
from ocop.accounts.services.grants import give_grant, revoke_grant
from ocop.accounts.services.notices import notify
from ocop.accounts.services.people import (
    change_password,
    check_new_phone,
    check_own_password,
    create_user,
    disable_user,
    edit_own,
    enable_user,
    new_password_hash,
    person_for,
)

__all__ = [
    "approve_recovery",
    "change_password",
    "check_code",
    "check_new_phone",
    "check_own_password",
    "check_password",
    "choose_producer",
    "create_user",
    "delegate",
    "disable_user",
    "edit_own",
    "enable_user",
    "end_delegation",
    "end_help",
    "end_sign_in",
    "first_operator",
    "give_grant",
    "issue_first_code",
    "latest_code",
    "may_issue_first_code",
    "new_password_hash",
    "notify",
    "person_for",
    "plain_code",
    "revoke_grant",
    "start_recovery",
    "start_sign_in",
    "stay_awake",
    "token_hash",
    "use_code",
]
