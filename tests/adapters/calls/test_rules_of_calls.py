"""What a call keeps to, rule by rule, and the tests that fail where a rule is broken.

The table is for people who look for the test of a rule; that each test in it exists is checked here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

RULES: dict[str, tuple[str, ...]] = {
    # --- answers that are owed
    "a message that wants an ack gets exactly one": (
        "test_a_hook_takes_one_answer",
        "test_nothing_is_acked_twice_and_nothing_owed_is_forgotten",
    ),
    "session:new is answered with a pause at the deadline, and loudly": (
        "test_a_silent_handler_is_answered_for_and_that_is_loud",
        "test_session_new_is_answered_with_a_pause_at_the_deadline",
    ),
    "an action hook is answered [] at the deadline, and late verbs replace by redirect": (
        "test_a_handler_that_is_slow_is_answered_for_and_its_verbs_go_another_way",
    ),
    "after a drop, what was owed goes as a command": (
        "test_nothing_is_acked_twice_and_nothing_owed_is_forgotten",
        "test_after_a_drop_verbs_replace_by_redirect",
        "test_after_a_drop_an_empty_reply_sends_nothing",
    ),
    "a confirm hook fails closed": (
        "test_a_confirm_hook_without_a_receiver_is_left_unanswered",
        "test_at_the_deadline_a_confirmation_is_left_unanswered",
    ),
    "an ack just before a drop counts as owed": (
        "test_an_unproved_ack_is_owed_with_what_is_behind_it",
        "test_a_drop_before_the_answer_makes_the_reconnect_carry_it",
    ),
    "a handler that fails leaves no hook unanswered": ("test_a_failing_handler_owes_no_hook_an_answer",),
    # --- receiving hooks
    "one receiver per hook: result, handler, inbox, events": ("test_one_receiver_per_hook_in_a_fixed_order",),
    "what results, inboxes and events deliver was acked before": (
        "test_what_result_and_inbox_get_was_acked_before_they_think",
    ),
    "an inbox is bounded, and the bound has a name": (
        "test_an_inbox_is_bounded_and_its_bound_has_a_name",
        "test_the_events_iterator_is_bounded",
    ),
    "a held hook waits for its reply": (
        "test_held_hooks_of_an_iterator_wait_for_their_reply",
        "test_held_hooks_that_nobody_takes_are_let_go_of",
    ),
    "a handler's answer answers its own hook": (
        "test_replies_of_overlapping_handlers_answer_their_own_hook",
        "test_a_handler_answers_with_what_it_returns",
    ),
    "so many handlers at once, never in the reader, plain ones in bounded threads": (
        "test_at_most_so_many_handlers_run_at_once",
        "test_plain_functions_run_in_threads_and_hold_up_nobody",
        "test_threads_are_bounded",
    ),
    # --- sending
    "send() is the first answer, and is queued afterwards; replace() replaces": (
        "test_the_first_send_answers_the_call_and_the_next_ones_queue",
    ),
    "replace() refuses an empty array": ("test_replace_refuses_an_empty_array",),
    "send() and replace() never answer a hook": ("test_a_hook_takes_one_answer",),
    "a chain belongs to its expression": ("test_a_chain_belongs_to_the_expression_that_built_it",),
    "a chain that is dropped unsent warns": ("test_a_chain_that_is_dropped_unsent_warns",),
    "the familiar session gathers, per handler": ("test_verbs_gather_apart_in_handlers_that_overlap",),
    "commands stay behind a non-empty ack for the settle time": (
        "test_commands_stay_behind_a_non_empty_ack_for_the_settle_time",
    ),
    # --- results
    "a result has a hook of its own unless one is named, and is typed": (
        "test_a_result_has_a_hook_of_its_own_and_is_typed",
        "test_results_of_one_call_have_different_hooks_and_a_named_one_keeps_its_name",
    ),
    "a result settles always": (
        "test_a_result_that_can_no_longer_come_says_who_dropped_it",
        "test_a_result_is_given_up_when_its_verb_ends_without_a_word",
        "test_the_end_of_the_call_cancels_a_wait_and_stops_nothing",
        "test_a_wait_outside_of_the_call_gets_an_exception_at_its_end",
    ),
    "a late hook of a dropped verb is acked and becomes an event": (
        "test_a_late_hook_of_a_dropped_verb_is_acked_and_becomes_an_event",
    ),
    "cancelling a wait stops what runs, but not at the end of the call": (
        "test_cancelling_a_wait_stops_what_runs",
        "test_the_end_of_the_call_cancels_a_wait_and_stops_nothing",
        "test_a_result_that_comes_with_the_cancellation_stops_nothing",
        "test_when_the_scope_ends_nothing_is_put_in_place_of_what_was_waited_for",
        "test_a_result_that_comes_between_a_cancellation_and_its_exception_stops_nothing",
    ),
    "done() waits for verbs without a hook": ("test_done_waits_for_a_verb_without_a_hook",),
    # --- speech
    "a barge-in cancels the block, and only that is swallowed": (
        "test_an_interruption_cancels_the_block_and_only_that_is_swallowed",
        "test_what_the_body_raises_comes_out",
    ),
    "write() looks for cancellation on every call, and waits only when the window is full": (
        "test_write_looks_for_cancellation_on_every_call",
        "test_a_write_between_an_interruption_and_its_exception_says_nothing",
        "test_writing_waits_only_while_the_window_is_full",
    ),
    "feed() closes its source": (
        "test_a_source_that_cannot_be_closed_takes_no_place_of_what_ended_it",
        "test_feed_closes_its_source_when_it_is_interrupted",
        "test_a_source_of_speech_that_does_not_close_is_left_after_a_while",
    ),
    "leaving the block means accepted and flushed, and the speech stays live": (
        "test_leaving_the_block_means_accepted_and_flushed",
    ),
    "what was spoken is exact where it is reported, and else not claimed": (
        "test_what_was_spoken_is_exact_where_it_is_reported",
        "test_leaving_the_block_means_accepted_and_flushed",
    ),
    "the hook of a barge-in carries the speech it cut": (
        "test_the_hook_of_the_barge_in_carries_the_speech_it_cut",
    ),
    "after an interruption nothing stale leaves": ("test_after_an_interruption_nothing_stale_leaves",),
    "one open speech per call": ("test_one_open_speech_per_call",),
    "text in flight at a drop is offered again": ("test_text_in_flight_at_a_drop_is_offered_again",),
    "a missing stream and a failed vendor are told": (
        "test_without_a_stream_writing_says_what_is_missing",
        "test_a_vendor_that_fails_fails_the_block",
    ),
    # --- turns
    "a newer turn cancels the running one, waits for its exit, and begins": (
        "test_a_new_hook_cancels_the_running_turn_and_waits_for_its_exit",
        "test_hooks_that_come_together_leave_the_newest",
    ),
    "turns by hand": ("test_turns_by_hand",),
    # --- the scope
    "the scope stays when the socket is gone": ("test_a_lost_connection_is_survived",),
    "a reconnect joins its call only with the same credentials, and the newest socket wins": (
        "test_a_reconnect_with_other_credentials_is_about_a_call_that_nobody_knows",
        "test_the_newest_connection_wins",
    ),
    "a detached call lives for the grace": ("test_a_detached_call_lives_for_the_grace",),
    "sends keep their order over a drop": ("test_what_is_sent_while_detached_leaves_in_order",),
    "statuses that come before the call are collected": ("test_statuses_from_before_the_call_are_collected",),
    "a deaf connection is cut once, and no live call's socket is closed with 1000": (
        "test_a_drop_before_the_answer_makes_the_reconnect_carry_it",
        "test_an_ending_that_does_not_end_is_given_up_and_never_with_1000",
    ),
    "a leg that becomes a call is linked to its parent": ("test_a_leg_becomes_a_call_of_its_own",),
    # --- ends
    "a handler's return ends the handler; a hangup is queued when nothing can act": (
        "test_when_nothing_can_act_any_more_a_hangup_is_queued",
        "test_what_can_still_act_keeps_the_call",
    ),
    "completed closes sending only": (
        "test_completed_closes_sending_only_and_late_hooks_are_still_acked",
        "test_the_end_of_the_call_ends_waiting_writers_inside_and_outside",
    ),
    "on_end runs shielded, within five seconds in all": (
        "test_on_end_runs_whatever_the_reason_and_is_shielded",
        "test_on_end_has_a_bound_in_all",
    ),
    "a failure declines, or says last words and hangs up, within a bounded time": (
        "test_a_failure_before_the_answer_declines",
        "test_a_failure_after_the_answer_says_last_words_and_hangs_up",
        "test_an_ending_that_does_not_end_is_given_up_and_never_with_1000",
    ),
    "the handler's error wins, clean-up errors are notes, a group of one is unwrapped": (
        "test_the_first_failure_wins_and_those_of_cleaning_up_are_notes",
        "test_a_group_of_one_is_unwrapped",
    ),
    "a cancellation that nobody asked for is a failure": (
        "test_it_ends_the_call_with_its_last_words",
        "test_a_host_that_cancels_is_obeyed",
    ),
    "a failure reaches nobody else": (
        "test_one_failing_call_among_a_thousand_changes_nothing_for_the_others",
        "test_a_failing_handler_ends_its_stream_and_not_the_call",
    ),
    "hangup() is right before and after the answer": ("test_hangup_is_right_before_and_after_the_answer",),
    "cancelled from outside, a call says nothing more": (
        "test_whoever_runs_the_application_may_cancel_it_at_any_time",
    ),
    # --- another process
    "a call is saved when it is answered, and at a checkpoint": (
        "test_a_call_is_saved_when_it_is_answered",
        "test_another_process_goes_on_with_a_call",
    ),
    "without a snapshot or on_resume: last words, and never a second start": (
        "test_an_unknown_reconnect_gets_last_words_and_never_a_second_start",
    ),
    "calls survive the death of their process": ("test_calls_survive_the_death_of_their_worker",),
    "a drain lets calls finish, and moves what is left to another process": (
        "test_a_drain_waits_for_calls_to_end_by_themselves",
        "test_a_drain_moves_a_call_to_another_process",
    ),
    # --- audio
    "inbound audio is bounded, the oldest goes, and it is counted": (
        "test_audio_that_nobody_takes_is_bounded_and_the_oldest_goes",
    ),
    "play() and marks tell how they ended, and never hang": (
        "test_play_returns_how_it_ended_in_both_modes",
        "test_marks_are_awaitable_and_tell_how_they_ended",
    ),
    "a call and its streams find each other": ("test_a_call_and_its_streams_find_each_other",),
    # --- all of it
    "no content in logs unless it is asked for, and the call's id on every line": (
        "test_logs_carry_the_call_and_no_content",
        "test_nothing_that_is_said_is_logged",
        "test_messages_are_logged_where_that_is_asked_for",
    ),
    "deadlines of all calls share one timer": ("test_a_thousand_timers_cost_one_task",),
    "at most two tasks per idle call": ("test_an_idle_call_costs_two_tasks",),
}


@pytest.fixture(scope="module")
def existing() -> set[str]:
    """The names of all tests of the project."""
    root = Path(__file__).parents[2]
    text = "\n".join(path.read_text() for path in root.rglob("test_*.py"))
    return set(re.findall(r"def (test_\w+)\(", text))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_tests(rule: str, existing: set[str]) -> None:
    assert set(RULES[rule]) <= existing
