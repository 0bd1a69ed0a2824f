"""What the crawl does not reach, with the test that presses it."""

from __future__ import annotations

#: What the crawl doesn't reach, and who presses it instead.
NOT_PRESSED: dict[str, str] = {
    **dict.fromkeys(
        (
            "announcements:narrow:{announcement_id:int}",
            "announcements:narrow_committees:{announcement_id:int}",
            "announcements:narrow_kinds:{announcement_id:int}",
            "announcements:narrow_years:{announcement_id:int}",
            "announcements:people:{announcement_id:int}:{page:int}",
            "announcements:people_csv:{announcement_id:int}",
            "announcements:remove_question:{announcement_id:int}",
            "announcements:set_about:{announcement_id:int}",
            "announcements:set_reminders:{announcement_id:int}",
        ),
        "a draft with another audience or question (announcements/test_members_slash)",
    ),
    **dict.fromkeys(
        (
            "announcements:checkers:{announcement_id:int}:{page:int}",
            "contacts:own:{lc_id:int}:{page:int}",
            "deliveries:open:{page:int}",
            "handovers:asked:{page:int}",
            "handovers:mine:{page:int}",
            "local_committees:region:{region_id:int}:{page:int}",
            "members:claims:{lc_id:int}:{page:int}",
            "members:find:{page:int}:{text:text}",
            "members:outreach:{page:int}",
            "members:region:{region_id:int}:{page:int}",
            "memberships:candidates:{page:int}",
            "memberships:silent:{lc_id:int}:{page:int}",
            "people:officers:{page:int}",
            "posts:claims:{page:int}",
            "posts:terms:{lc_id:int}:{page:int}",
            "rosters:request:{request_id:int}:{page:int}",
            "rosters:requests:{page:int}",
            "setups:begin:{page:int}",
        ),
        "a list of more than a page (the tests of that list, core/test_lists)",
    ),
    **dict.fromkeys(
        ("regions:remove:{region_id:int}",),
        "a region without LCs (regions/test_slash)",
    ),
    **dict.fromkeys(
        (
            "announcements:pause:{announcement_id:int}:{wanted:int}",
            "announcements:series:{announcement_id:int}",
            "announcements:skip:{announcement_id:int}:{number:int}",
            "announcements:stop:{announcement_id:int}",
        ),
        "a series that runs: the journey of the first week",
    ),
    **dict.fromkeys(
        (
            "sheets:doubled:{upload_id:int}:{part:int}:{field}",
            "sheets:import:{upload_id:int}",
            "sheets:none:{upload_id:int}:{number:int}",
            "sheets:row:{upload_id:int}:{number:int}",
        ),
        "a sheet that asks back (sheets/test_slash); the crawl's has nothing to ask",
    ),
    **dict.fromkeys(
        ("members:start:{word}",),
        "a student of a school without an LC (members/test_slash)",
    ),
    **dict.fromkeys(
        (
            "channels:unlink:{lc_id:int}",
            "channels:unlink_now:{lc_id:int}",
            "form setups:own_choose",
            "form setups:own_code",
            "setups:own_check",
            "setups:own_choose",
            "setups:own_code",
        ),
        "an LC's own server: the journey of the first week",
    ),
    **dict.fromkeys(
        (
            "form setups:create",
            "setups:create",
        ),
        "done before the crawl begins, by set_up",
    ),
    **dict.fromkeys(
        ("setups:link:{organisation_id:int}",),
        "needs a second organisation (setups/test_slash)",
    ),
    **dict.fromkeys(
        ("announcements:heard:{announcement_id:int}:{lc_id:int}:{via}",),
        "needs an LC that is asked and silent (announcements/test_slash)",
    ),
    **dict.fromkeys(
        (
            "deliveries:aside:{cause:text}",
            "deliveries:cause",
            "deliveries:retry:{cause:text}",
        ),
        "needs messages that did not arrive (deliveries/test_slash)",
    ),
    **dict.fromkeys(
        (
            "rosters:entry:{request_id:int}",
            "rosters:keep",
            "rosters:merge:{kept_id:int}:{gone_id:int}:{token}",
            "rosters:silent:{page:int}",
            "rosters:staying:{page:int}",
            "rosters:turn:{kept_id:int}:{gone_id:int}",
        ),
        "needs records of an earlier list (rosters/test_slash)",
    ),
    **dict.fromkeys(
        ("people:organisation:{organisation_id:int}",),
        "needs somebody in two organisations (people/test_slash)",
    ),
    **dict.fromkeys(
        (
            "form setups:rescue",
            "setups:rescue",
        ),
        "only where no officer is left (setups/test_slash)",
    ),
    **dict.fromkeys(
        (
            "memberships:candidate",
            "memberships:end:{person_id:int}",
            "memberships:end_now:{person_id:int}",
            "memberships:fee_year:{which}",
            "memberships:go_on",
            "memberships:lc:{stay_id:int}:{word}",
            "memberships:leave_staff",
            "memberships:leave_staff_now",
            "memberships:no_steps:{person_id:int}",
            "memberships:proposed:{choice}",
            "memberships:silent:{lc_id:int}",
            "memberships:silent_all:{lc_id:int}:{page:int}:{first:int}:{up_to:int}",
            "memberships:silent_chosen:{lc_id:int}:{page:int}:{word}",
            "memberships:staff_whose",
            "memberships:stay",
            "memberships:stay_now:{choice}",
            "memberships:steps:{person_id:int}",
            "memberships:whose",
        ),
        "staff, their candidates and April (memberships/test_slash, test_april)",
    ),
    **dict.fromkeys(
        (
            "handovers:answer:{handover_id:int}:{word}",
            "handovers:asked",
        ),
        "the named successor presses it: the journey of the first week",
    ),
    **dict.fromkeys(
        (
            "announcements:check_agree:{announcement_id:int}:{version:int}",
            "announcements:check_return:{announcement_id:int}:{version:int}",
            "announcements:check_withdraw:{announcement_id:int}",
            "form announcements:check_return",
        ),
        "the second person presses it (announcements/test_drafts)",
    ),
    **dict.fromkeys(
        ("announcements:drafts:{page:int}", "announcements:inbox:{page:int}", "announcements:sent:{page:int}"),
        "a list of more than a page (announcements/test_long_lists)",
    ),
    "form announcements:at": "a draft that was just looked at: the journey of the first week",
    "homes:page:{page:int}": "a home of more buttons than one message has (core/test_pages)",
    **dict.fromkeys(
        ("announcements:templates:{page:int}", "homes:manage:{page:int}"),
        "a list of more than a page (announcements/test_long_lists, core/test_pages)",
    ),
}
