"""What the crawl doesn't reach, and the test that presses it instead: ``tests/conftest.py`` sees to it that it does."""

from __future__ import annotations

#: By test, below ``tests/``.
_BY_TEST: dict[str, tuple[str, ...]] = {
    "announcements/test_drafts.py::test_a_ping_needs_the_right_in_discord": ("form announcements:at",),
    "announcements/test_drafts.py::test_a_plan_can_be_taken_back_and_a_draft_discarded": (
        "announcements:stop:{announcement_id:int}",
    ),
    "announcements/test_drafts.py::test_a_second_person_checks_before_it_goes": (
        "announcements:check_agree:{announcement_id:int}:{version:int}",
        "announcements:check_return:{announcement_id:int}:{version:int}",
        "form announcements:check_return",
    ),
    "announcements/test_drafts.py::test_a_series_repeats_pauses_and_leaves_one_out": (
        "announcements:pause:{announcement_id:int}:{wanted:int}",
        "announcements:skip:{announcement_id:int}:{number:int}",
    ),
    "announcements/test_drafts.py::test_sending_to_nobody_is_asked_about_first": (
        "announcements:send_anyway:{announcement_id:int}:{version:int}",
    ),
    "announcements/test_drafts.py::test_whoever_asked_for_a_check_takes_the_request_back": (
        "announcements:check_withdraw:{announcement_id:int}",
    ),
    "announcements/test_members_slash.py::test_a_question_to_members_its_reminders_and_the_board": (
        "announcements:narrow_years:{announcement_id:int}",
    ),
    "announcements/test_members_slash.py::test_from_the_preview_to_the_acknowledgement": (
        "announcements:people_csv:{announcement_id:int}",
    ),
    "announcements/test_members_slash.py::test_menus_that_narrow_together_and_can_be_emptied_again": (
        "announcements:narrow:{announcement_id:int}",
        "announcements:narrow_committees:{announcement_id:int}",
        "announcements:narrow_kinds:{announcement_id:int}",
    ),
    "announcements/test_slash.py::test_the_silent_are_reminded_in_their_own_thread_and_then_listed_for_the_officers": (
        "announcements:heard:{announcement_id:int}:{lc_id:int}:{via}",
    ),
    "attendance/test_slash.py::test_a_code_is_shown_and_typed": (
        "attendance:check_in:{event_id:int}",
        "attendance:code:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:fixed:{event_id:int}:{yes:int}",
        "form attendance:code_form",
    ),
    "attendance/test_slash.py::test_the_desk_ticks_corrects_and_takes_a_file": (
        "attendance:add_helper:{event_id:int}",
        "attendance:board:{page:int}:{event_id:int}:{day:int}:{session:int}:{door:int}:{which}:{text:text}",
        "attendance:confirm:{list_id:int}",
        "attendance:csv:{event_id:int}",
        "attendance:desk:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:door:{event_id:int}:{day:int}:{session:int}",
        "attendance:doors:{event_id:int}",
        "attendance:excuse:{event_id:int}:{day:int}:{session:int}:{person_id:int}",
        "attendance:helper:{event_id:int}",
        "attendance:helpers:{event_id:int}",
        "attendance:leave:{check_in_id:int}:{yes:int}",
        "attendance:paper:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:person:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:remove_helper:{event_id:int}:{person_id:int}",
        "attendance:remove_session:{event_id:int}",
        "attendance:search:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:session:{event_id:int}",
        "attendance:settings:{event_id:int}",
        "attendance:slot:{event_id:int}:{door:int}",
        "attendance:tick:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:undo:{check_in_id:int}",
        "attendance:walk_in:{event_id:int}:{day:int}:{session:int}:{door:int}",
        "attendance:walk_ins:{event_id:int}:{yes:int}",
        "form attendance:doors_form",
        "form attendance:helpers_form",
        "form attendance:paper_form",
        "form attendance:search_form",
        "form attendance:session_form",
        "form attendance:walk_in_form",
    ),
    "calendars/test_slash.py::test_somebody_makes_an_address_renews_it_and_turns_it_off": (
        "calendars:make:{kind}:{of:int}",
        "calendars:off:{kind}:{of:int}",
        "calendars:really_off:{kind}:{of:int}",
    ),
    "certificates/test_slash.py::test_national_officers_keep_the_seal": ("certificates:no_seal",),
    "certificates/test_slash.py::test_one_is_revoked_another_gets_a_new_name_and_all_are_printed": (
        "certificates:one:{event_id:int}",
        "certificates:print:{event_id:int}:{which:int}",
        "certificates:replace:{event_id:int}:{certificate_id:int}",
        "certificates:revoke:{event_id:int}:{certificate_id:int}",
        "certificates:revoke_all:{event_id:int}",
        "form certificates:revoke_all_form",
        "form certificates:revoke_form",
    ),
    "certificates/test_slash.py::test_organisers_issue_people_have_it_and_anybody_checks_it": (
        "certificates:issue:{event_id:int}:{kind}:{until}",
        "certificates:own",
        "certificates:paper:{language}:{certificate_id:int}",
        "certificates:prepare:{event_id:int}",
        "form certificates:terms",
    ),
    "channels/test_servers_slash.py::test_a_code_makes_a_server_the_lcs_own": (
        "form setups:own_code",
        "setups:own_code",
    ),
    "channels/test_servers_slash.py::test_people_choose_where_announcements_arrive": (
        "form setups:own_choose",
        "setups:own_check",
        "setups:own_choose",
    ),
    "committees/test_slash.py::test_pages_from_before_go_on_working": (
        "local_committees:committee:{lc_id:int}:{via}",
        "local_committees:reply:{lc_id:int}:{committee_id:int}:{reply}:{via}",
    ),
    "delivery_reports/test_slash.py::test_each_line_says_what_did_not_arrive": ("deliveries:cause",),
    "delivery_reports/test_slash.py::test_officers_see_what_failed_and_send_it_again": (
        "deliveries:aside:{cause:text}",
        "deliveries:retry:{cause:text}",
    ),
    "events/test_inviting_slash.py::test_many_results_have_pages": (
        "events:invite_found:{event_id:int}:{page:int}:{text:text}",
    ),
    "events/test_inviting_slash.py::test_somebody_is_invited_by_name_and_answers_from_home": (
        "events:decline:{event_id:int}",
        "events:invite_people:{event_id:int}",
        "form events:invite_form",
    ),
    "events/test_choices_slash.py::test_somebody_comes_online_after_all_and_a_full_hall_has_a_line": (
        "events:way:{event_id:int}",
        "events:way_to:{event_id:int}",
        "events:way_wait:{event_id:int}:{choice_id:int}",
    ),
    "events/test_choices_slash.py::test_one_press_more_says_how_somebody_comes": (
        "events:join_as:{event_id:int}:{choice_id:int}",
    ),
    "events/test_copies_slash.py::test_a_template_is_kept_used_renamed_and_deleted": ("events:one_template",),
    "events/test_hosts_slash.py::test_an_lc_is_asked_and_its_officer_says_yes": (
        "events:host_answer:{host_id:int}:{word}",
        "events:host_asked:{host_id:int}",
    ),
    "events/test_placing_slash.py::test_a_rule_for_a_group_is_taken_back": (
        "events:ungroup:{event_id:int}:{version:int}",
    ),
    "events/test_placing_slash.py::test_each_rule_is_a_button_and_the_post_says_them": (
        "form events:rule_group",
        "form events:rule_last_call",
        "form events:rule_opening",
        "form events:rule_per_lc",
    ),
    "events/test_reporting_slash.py::test_pictures_show_what_it_was_like": (
        "events:add_report_picture:{event_id:int}",
        "events:remove_report_picture:{event_id:int}:{picture_id:int}",
        "events:report:{event_id:int}",
        "events:report_picture:{event_id:int}",
        "events:report_pictures:{event_id:int}",
        "events:write_report:{event_id:int}",
        "form events:report_form",
        "form events:report_picture_form",
    ),
    "events/test_questions_slash.py::test_nothing_typed_is_lost_when_the_questions_change_meanwhile": (
        "events:really_remove_question:{question_id:int}",
    ),
    "events/test_questions_slash.py::test_questions_are_put_in_order_and_changed": (
        "events:question_up:{question_id:int}",
    ),
    "events/test_questions_slash.py::test_the_later_ones_of_a_series_ask_the_same": (
        "events:ask_later:{event_id:int}",
    ),
    "events/test_repeating_slash.py::test_a_series_ends_and_says_what_becomes_of_the_rest": (
        "events:end:{event_id:int}",
        "events:end_all:{event_id:int}",
        "events:end_keep:{event_id:int}",
        "form events:end_form",
    ),
    "events/test_repeating_slash.py::test_one_is_left_out_and_the_later_ones_are_moved": (
        "events:later:{event_id:int}",
        "events:series:{event_id:int}",
        "events:skip:{event_id:int}",
        "form events:later_form",
    ),
    "events/test_slash.py::test_a_free_place_is_passed_on_and_taken": (
        "events:accept:{event_id:int}",
        "events:refuse:{event_id:int}",
    ),
    "events/test_slash.py::test_something_else_at_that_time_is_said_first": ("events:join_anyway:{event_id:int}",),
    "guests/test_slash.py::test_a_text_has_a_link_that_can_be_turned_off": (
        "events:end_addresses:{event_id:int}",
        "events:really_end_addresses:{event_id:int}",
    ),
    "guests/test_slash.py::test_somebody_without_an_account_gets_a_link_of_their_own": (
        "guests:link:{signup_id:int}:{party_id:int}",
    ),
    "guests/test_slash.py::test_names_from_line_are_looked_at_and_entered": (
        "guests:confirm:{list_id:int}",
        "guests:correct:{list_id:int}",
        "guests:known:{list_id:int}",
    ),
    "guests/test_slash.py::test_replies_with_a_code_are_entered": ("guests:none:{list_id:int}",),
    "guests/test_slash.py::test_a_change_has_a_text_of_its_own_until_it_is_sent": (
        "events:text_sent:{event_id:int}",
        "events:whole_text:{event_id:int}",
    ),
    "events/test_threads_slash.py::test_a_name_stands_on_the_post_only_if_its_owner_wants_it": (
        "events:name_me:{event_id:int}:{yes:int}",
        "events:named:{event_id:int}:{choice_id:int}:{yes:int}",
        "events:own_name:{event_id:int}",
    ),
    "events/test_threads_slash.py::test_a_thread_is_made_once_and_adds_nobody": (
        "events:forget_thread:{event_id:int}",
        "events:remind_in:{event_id:int}",
    ),
    "handovers/test_slash.py::test_the_checklist_is_ticked_on_both_sides": (
        "handovers:answer:{handover_id:int}:{word}",
    ),
    "handovers/test_slash.py::test_the_last_officer_is_gone_and_the_owner_names_one": (
        "form setups:rescue",
        "setups:rescue",
    ),
    "homes/test_slash.py::test_a_direct_message_by_somebody_in_two_organisations_asks_once": (
        "people:organisation:{organisation_id:int}",
    ),
    "institutions/test_slash.py::test_whoever_is_still_needed_is_kept_with_one_press": (
        "institutions:needed:{lc_id:int}",
    ),
    "members/test_outreach.py::test_a_student_of_another_institution_is_asked_what_fits": ("members:start:{word}",),
    "memberships/test_slash.py::test_1_april_asks_at_home_and_by_message_whom_chose_it": ("memberships:stay",),
    "memberships/test_slash.py::test_a_transfer_that_may_be_anybodys_is_given_to_whom_it_is": (
        "sheets:choices:{upload_id:int}:{page:int}",
    ),
    "memberships/test_slash.py::test_from_candidate_to_staff": (
        "memberships:candidate",
        "memberships:no_steps:{person_id:int}",
        "memberships:steps:{person_id:int}",
        "memberships:whose",
    ),
    "memberships/test_slash.py::test_in_april_a_member_says_whether_they_are_still_in_the_lc_and_officers_speak_for_the_silent": (  # noqa: E501
        "memberships:lc:{stay_id:int}:{word}",
        "memberships:proposed:{choice}",
        "memberships:silent_all:{lc_id:int}:{page:int}:{first:int}:{up_to:int}:{seen}",
    ),
    "memberships/test_slash.py::test_in_april_staff_go_on_and_an_officer_says_who_left_the_lc": (
        "memberships:go_on",
        "memberships:silent_chosen:{lc_id:int}:{page:int}:{word}",
    ),
    "memberships/test_slash.py::test_in_april_staying_a_member_says_first_what_it_costs": (
        "memberships:stay_now:{choice}:{year:int}:{amount:int}",
    ),
    "memberships/test_slash.py::test_last_years_fees_are_counted_at_home_and_reached": (
        "memberships:fee_year:{which}",
    ),
    "memberships/test_slash.py::test_staff_stop_by_their_own_word_or_an_officers": (
        "memberships:end:{person_id:int}",
        "memberships:end_now:{person_id:int}",
        "memberships:leave_staff",
        "memberships:leave_staff_now",
        "memberships:staff_whose",
    ),
    "regions/test_slash.py::test_a_region_is_renamed_moved_and_removed_once_it_is_empty": (
        "regions:remove:{region_id:int}",
    ),
    "posts/test_manage_posts.py::test_each_reach_of_a_post_has_menus_of_its_own": (
        "posts:reach:{post_id:int}:{reach}",
    ),
    "posts/test_pages.py::test_a_newcomer_finds_where_to_enter_a_code": ("form posts:code",),
    "record_keeping/test_old_account.py::test_where_discord_refuses_the_officer_is_told": (
        "rosters:merge:{kept_id:int}:{gone_id:int}:{token}",
    ),
    "record_keeping/test_slash.py::test_officers_ask_the_silent_to_whom_the_bot_does_not_write": (
        "rosters:staying:{page:int}",
    ),
    "record_keeping/test_slash.py::test_somebody_silent_for_long_keeps_their_record_from_home": ("rosters:keep",),
    "record_keeping/test_slash.py::test_the_banks_list_asks_what_is_not_clear": (
        "sheets:import:{upload_id:int}",
        "sheets:none:{upload_id:int}:{number:int}",
        "sheets:row:{upload_id:int}:{number:int}",
    ),
    "record_keeping/test_slash.py::test_two_records_become_one": ("rosters:turn:{kept_id:int}:{gone_id:int}",),
    "record_keeping/test_slash.py::test_without_a_code_an_officer_confirms": ("rosters:entry:{request_id:int}",),
    "setups/test_slash.py::test_a_national_officer_links_a_second_server_and_nobody_else_does": (
        "setups:link:{organisation_id:int}",
    ),
    "setups/test_slash.py::test_who_sees_and_writes_where": (
        "form setups:create",
        "setups:create",
    ),
    "sheets/test_slash.py::test_columns_are_asked_about_even_after_a_restart": (
        "sheets:doubled:{upload_id:int}:{part:int}:{field}",
    ),
    "signups/test_slash.py::test_a_place_the_line_and_an_offer": (
        "signups:accept:{signup_id:int}",
        "signups:messages:{signup_id:int}:{word}",
        "signups:really_leave:{signup_id:int}",
        "signups:take:{signup_id:int}",
    ),
    "signups/test_slash.py::test_an_answer_is_chosen_and_somebody_else_sees_no_names": (
        "signups:take_as:{signup_id:int}",
    ),
    "signups/test_slash.py::test_an_invitation_is_answered_at_home": (
        "signups:answer:{party_id:int}:{word}",
        "signups:invited:{party_id:int}",
    ),
    "signups/test_slash.py::test_the_organiser_decides": ("signups:approve:{signup_id:int}:{party_id:int}",),
    "signups/test_slash.py::test_an_offer_that_cannot_be_messaged_is_seen_at_home_and_a_task": (
        "signups:of_mine",
        "signups:refuse:{signup_id:int}",
        "signups:told:{signup_id:int}",
    ),
    "wire/test_journey_first_week.py::test_from_an_empty_server_through_everything_an_organisation_does": (
        "channels:unlink:{lc_id:int}",
        "channels:unlink_now:{lc_id:int}",
    ),
}

NOT_PRESSED = {route: test for test, pressed in _BY_TEST.items() for route in pressed}
