# A unit test tests/unit/test_x.c is one line in unit_tests; it links the core, hidden symbols included, and needs no rights.
# Those that take longest come first, so that none of them is left alone at the end.
unit_tests = \
	%D%/unit/test_domain \
	%D%/unit/test_redirect \
	%D%/unit/test_vectors \
	%D%/unit/test_flowmob_classifier \
	%D%/unit/test_fmi \
	%D%/unit/test_flow_cache \
	%D%/unit/test_action_queue \
	%D%/unit/test_addr \
	%D%/unit/test_buf \
	%D%/unit/test_bulk \
	%D%/unit/test_bulk_move \
	%D%/unit/test_bulk_store \
	%D%/unit/test_checksum \
	%D%/unit/test_error \
	%D%/unit/test_flowmob_flow_table \
	%D%/unit/test_flowmob_fmp \
	%D%/unit/test_flowmob_fragment_table \
	%D%/unit/test_flowmob_manager \
	%D%/unit/test_flowmob_manager_bindings \
	%D%/unit/test_flowmob_manager_faults \
	%D%/unit/test_flowmob_manager_input \
	%D%/unit/test_flowmob_manager_lma \
	%D%/unit/test_flowmob_manager_nodes \
	%D%/unit/test_flowmob_manager_watch \
	%D%/unit/test_flowmob_packet \
	%D%/unit/test_flowmob_policy \
	%D%/unit/test_flowmob_reflector \
	%D%/unit/test_flowmob_selector \
	%D%/unit/test_flowmob_slave_selector \
	%D%/unit/test_freshness \
	%D%/unit/test_gre \
	%D%/unit/test_hash \
	%D%/unit/test_heartbeat \
	%D%/unit/test_htable \
	%D%/unit/test_input \
	%D%/unit/test_lma_faults \
	%D%/unit/test_lma_flow_memory \
	%D%/unit/test_lma_heartbeat \
	%D%/unit/test_lma_ipv4 \
	%D%/unit/test_lma_lookup \
	%D%/unit/test_lma_renumber \
	%D%/unit/test_lma_request \
	%D%/unit/test_lma_session \
	%D%/unit/test_lma_store \
	%D%/unit/test_mag_attach \
	%D%/unit/test_mag_config \
	%D%/unit/test_mag_lma \
	%D%/unit/test_mag_hold \
	%D%/unit/test_mag_ipv4 \
	%D%/unit/test_mag_path \
	%D%/unit/test_mag_register \
	%D%/unit/test_mag_timers \
	%D%/unit/test_mh \
	%D%/unit/test_option \
	%D%/unit/test_peer_rule \
	%D%/unit/test_prefix_pool \
	%D%/unit/test_profile \
	%D%/unit/test_redirect_mag \
	%D%/unit/test_revoke \
	%D%/unit/test_revoke_lma \
	%D%/unit/test_revoke_mag \
	%D%/unit/test_timerq \
	%D%/unit/test_tolerance \
	%D%/unit/test_tolerance_mag \
	%D%/unit/test_update \
	$(NULL)
%C%_unit_test_input_SOURCES = %D%/unit/test_input.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_domain_SOURCES = %D%/unit/test_domain.c %D%/unit/domain.c %D%/unit/domain.h \
	%D%/unit/domain_check.c %D%/unit/domain_hash.c %D%/unit/domain_hash.h %D%/unit/domain_world.h %D%/unit/shelf.h
%C%_unit_test_lma_faults_SOURCES = %D%/unit/test_lma_faults.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_lma_lookup_SOURCES = %D%/unit/test_lma_lookup.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_lma_request_SOURCES = %D%/unit/test_lma_request.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_lma_session_SOURCES = %D%/unit/test_lma_session.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_lma_store_SOURCES = %D%/unit/test_lma_store.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_tolerance_SOURCES = %D%/unit/test_tolerance.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h

flowmob_ldadd = libflowmob/libflowmob-core.la $(LDADD)
%C%_unit_test_flowmob_classifier_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_classifier_SOURCES = \
	%D%/fuzz/classifier_script.c \
	%D%/fuzz/classifier_script.h \
	%D%/unit/test_flowmob_classifier.c \
	$(NULL)
%C%_unit_test_flowmob_flow_table_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_fragment_table_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_fmp_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_bindings_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_faults_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_input_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_lma_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_nodes_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_manager_watch_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_packet_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_policy_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_reflector_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_selector_LDADD = $(flowmob_ldadd)
%C%_unit_test_flowmob_slave_selector_LDADD = $(flowmob_ldadd)

flowmob_rig = \
	%D%/unit/flowmob_rig.c \
	%D%/unit/flowmob_rig.h \
	$(NULL)
%C%_unit_test_flowmob_manager_SOURCES = %D%/unit/test_flowmob_manager.c $(flowmob_rig)
%C%_unit_test_flowmob_manager_bindings_SOURCES = %D%/unit/test_flowmob_manager_bindings.c $(flowmob_rig)
%C%_unit_test_flowmob_manager_faults_SOURCES = %D%/unit/test_flowmob_manager_faults.c $(flowmob_rig)
%C%_unit_test_flowmob_manager_input_SOURCES = %D%/unit/test_flowmob_manager_input.c $(flowmob_rig)
%C%_unit_test_flowmob_manager_lma_SOURCES = %D%/unit/test_flowmob_manager_lma.c $(flowmob_rig)
%C%_unit_test_flowmob_manager_watch_SOURCES = %D%/unit/test_flowmob_manager_watch.c $(flowmob_rig)

# Parts of pmip-lma, and the pure ones of pmip-perf.
if ENABLE_PROGRAMS
unit_tests += \
	%D%/unit/test_flow_counting \
	%D%/unit/test_perf_histogram \
	%D%/unit/test_perf_message \
	%D%/unit/test_perf_plan \
	%D%/unit/test_perf_prefix_set \
	$(NULL)
%C%_unit_test_flow_counting_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/examples $(PROGRAMS_CFLAGS)
%C%_unit_test_flow_counting_LDADD = libpmip/libpmip-linux-core.la $(LDADD) $(PROGRAMS_LIBS)
%C%_unit_test_flow_counting_SOURCES = %D%/unit/test_flow_counting.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h \
	examples/lma/flow_counting.c examples/lma/flow_counting.h
perf_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/examples
%C%_unit_test_perf_histogram_CPPFLAGS = $(perf_cppflags)
%C%_unit_test_perf_histogram_SOURCES = %D%/unit/test_perf_histogram.c examples/perf/histogram.c examples/perf/histogram.h
%C%_unit_test_perf_message_CPPFLAGS = $(perf_cppflags)
%C%_unit_test_perf_message_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_perf_message_SOURCES = %D%/unit/test_perf_message.c examples/perf/echo.c examples/perf/echo.h \
	examples/perf/message.c examples/perf/message.h
%C%_unit_test_perf_plan_CPPFLAGS = $(perf_cppflags)
%C%_unit_test_perf_plan_SOURCES = %D%/unit/test_perf_plan.c examples/perf/plan.c examples/perf/plan.h \
	examples/perf/waiting.c examples/perf/waiting.h
%C%_unit_test_perf_prefix_set_CPPFLAGS = $(perf_cppflags)
%C%_unit_test_perf_prefix_set_SOURCES = %D%/unit/test_perf_prefix_set.c examples/perf/prefix_set.c examples/perf/prefix_set.h
endif

# Scenarios: scripts, and one program that runs them all.
unit_tests += \
	%D%/scenario/run_scenario \
	$(NULL)
%C%_scenario_run_scenario_SOURCES = \
	%D%/scenario/command.c \
	%D%/scenario/command.h \
	%D%/scenario/datapath.c \
	%D%/scenario/declare.c \
	%D%/scenario/expect.c \
	%D%/scenario/expect.h \
	%D%/scenario/flow.c \
	%D%/scenario/message.c \
	%D%/scenario/run_scenario.c \
	%D%/scenario/settings.c \
	%D%/scenario/signal.c \
	%D%/scenario/text.c \
	%D%/scenario/world.c \
	%D%/scenario/world.h \
	$(NULL)
%C%_scenario_run_scenario_LDADD = libpmip/libpmip-core.la
EXTRA_DIST += \
	%D%/scenario/README.md \
	%D%/scenario/attachments.scn \
	%D%/scenario/bulk.scn \
	%D%/scenario/domain.scn \
	%D%/scenario/flow-ends.scn \
	%D%/scenario/fmi.scn \
	%D%/scenario/flowmob-mag.scn \
	%D%/scenario/flows.scn \
	%D%/scenario/gre.scn \
	%D%/scenario/ipv4.scn \
	%D%/scenario/lma-checks.scn \
	%D%/scenario/lma-deregistration.scn \
	%D%/scenario/lma-registration.scn \
	%D%/scenario/lookup-by-link-layer-id.scn \
	%D%/scenario/lookup-by-mn-id.scn \
	%D%/scenario/lookup-by-prefix.scn \
	%D%/scenario/mag-access.scn \
	%D%/scenario/mag-attach.scn \
	%D%/scenario/mag-detach.scn \
	%D%/scenario/mag-pba.scn \
	%D%/scenario/mag-timers.scn \
	%D%/scenario/multipath-mag.scn \
	%D%/scenario/multipath.scn \
	%D%/scenario/ordering.scn \
	%D%/scenario/pba.scn \
	%D%/scenario/redirect.scn \
	%D%/scenario/renumbering.scn \
	%D%/scenario/peer-prefixes.scn \
	%D%/scenario/presence.scn \
	%D%/scenario/resync.scn \
	%D%/scenario/revocation.scn \
	%D%/scenario/tolerance.scn \
	%D%/scenario/tunnels.scn \
	%D%/scenario/update.scn \
	%D%/scenario/vectors.scn \
	%D%/scenario/waiting.scn \
	%D%/scenario/wire.scn \
	$(NULL)

mag_harness = \
	%D%/unit/mag_harness.c \
	%D%/unit/mag_harness.h \
	$(NULL)
%C%_unit_test_heartbeat_SOURCES = \
	%D%/unit/heartbeat_rig.c \
	%D%/unit/heartbeat_rig.h \
	%D%/unit/lma_rig.c \
	%D%/unit/lma_rig.h \
	%D%/unit/shelf.h \
	%D%/unit/test_heartbeat.c \
	$(mag_harness)
%C%_unit_test_lma_heartbeat_SOURCES = \
	%D%/unit/heartbeat_rig.c \
	%D%/unit/heartbeat_rig.h \
	%D%/unit/lma_rig.c \
	%D%/unit/lma_rig.h \
	%D%/unit/shelf.h \
	%D%/unit/test_lma_heartbeat.c \
	$(mag_harness)
%C%_unit_test_mag_attach_SOURCES = %D%/unit/test_mag_attach.c $(mag_harness)
%C%_unit_test_mag_config_SOURCES = %D%/unit/test_mag_config.c $(mag_harness)
%C%_unit_test_mag_lma_SOURCES = %D%/unit/test_mag_lma.c $(revoke_rig)
%C%_unit_test_mag_hold_SOURCES = %D%/unit/test_mag_hold.c $(mag_harness)
%C%_unit_test_mag_path_SOURCES = %D%/unit/test_mag_path.c $(mag_harness)
%C%_unit_test_mag_register_SOURCES = %D%/unit/test_mag_register.c $(mag_harness)
%C%_unit_test_mag_timers_SOURCES = %D%/unit/test_mag_timers.c $(mag_harness)
%C%_unit_test_tolerance_mag_SOURCES = %D%/unit/test_tolerance_mag.c $(mag_harness)

redirect_rig = \
	$(mag_harness) \
	%D%/unit/redirect_rig.c \
	%D%/unit/redirect_rig.h \
	$(NULL)
%C%_unit_test_redirect_SOURCES = %D%/unit/test_redirect.c $(redirect_rig)
%C%_unit_test_redirect_mag_SOURCES = %D%/unit/test_redirect_mag.c $(redirect_rig)

revoke_rig = \
	$(mag_harness) \
	%D%/unit/lma_rig.c \
	%D%/unit/lma_rig.h \
	%D%/unit/shelf.h \
	%D%/unit/revoke_rig.c \
	%D%/unit/revoke_rig.h \
	$(NULL)
%C%_unit_test_bulk_move_SOURCES = %D%/unit/test_bulk_move.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_bulk_store_SOURCES = %D%/unit/test_bulk_store.c %D%/unit/lma_rig.c %D%/unit/lma_rig.h %D%/unit/shelf.h
%C%_unit_test_bulk_SOURCES = %D%/unit/test_bulk.c $(revoke_rig)
%C%_unit_test_revoke_SOURCES = %D%/unit/test_revoke.c $(revoke_rig)
%C%_unit_test_revoke_lma_SOURCES = %D%/unit/test_revoke_lma.c $(revoke_rig)
%C%_unit_test_revoke_mag_SOURCES = %D%/unit/test_revoke_mag.c $(revoke_rig)
%C%_unit_test_gre_SOURCES = %D%/unit/test_gre.c $(revoke_rig)
%C%_unit_test_fmi_SOURCES = %D%/unit/test_fmi.c $(revoke_rig)
%C%_unit_test_lma_flow_memory_SOURCES = %D%/unit/test_lma_flow_memory.c $(revoke_rig)
%C%_unit_test_lma_ipv4_SOURCES = %D%/unit/test_lma_ipv4.c $(revoke_rig)
%C%_unit_test_lma_renumber_SOURCES = %D%/unit/test_lma_renumber.c $(revoke_rig)
%C%_unit_test_mag_ipv4_SOURCES = %D%/unit/test_mag_ipv4.c $(revoke_rig)
%C%_unit_test_update_SOURCES = %D%/unit/test_update.c $(revoke_rig)
if ENABLE_LINUX
unit_tests += \
	%D%/unit/test_bpf_lengths \
	%D%/unit/test_datapath_record \
	%D%/unit/test_nd \
	%D%/unit/test_runner \
	%D%/unit/test_runner_store \
	%D%/unit/test_store \
	%D%/unit/test_store_fast \
	$(NULL)
%C%_unit_test_bpf_lengths_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_datapath_record_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_nd_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_runner_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_runner_store_LDADD = libpmip/libpmip-linux-core.la $(LDADD)
%C%_unit_test_store_SOURCES = %D%/unit/test_store.c %D%/unit/store_rig.h
%C%_unit_test_store_fast_SOURCES = %D%/unit/test_store_fast.c %D%/unit/store_rig.h
%C%_unit_test_store_fast_LDADD = libpmip/libpmip-linux-core.la $(LMDB_LIBS) -lpthread $(LDADD)
%C%_unit_test_store_LDADD = libpmip/libpmip-linux-core.la $(LMDB_LIBS) -lpthread $(LDADD)
endif

# Tests that need root and a real kernel; they skip (77) without, and say why. First those that may run beside others: the rest wait for
# each other (system/alone.sh). Those that take longest come first in each list, so that none of them is left alone at the end.
beside_tests = \
	%D%/system/flows.py \
	%D%/system/datapath-netlink.sh \
	%D%/system/access.sh \
	%D%/system/control.py \
	%D%/system/datapath-bpf.sh \
	%D%/system/datapath-clsact.sh \
	%D%/system/datapath-icmp.sh \
	%D%/system/datapath-ipv4.sh \
	%D%/system/datapath-network.sh \
	%D%/system/datapath-xdp.sh \
	%D%/system/io-raw.sh \
	%D%/system/nfqueue.py \
	%D%/system/nl.sh \
	%D%/system/runner.sh \
	%D%/system/wire-equal.sh \
	$(NULL)
system_tests = \
	%D%/system/uml-run.sh \
	$(NULL)

# Tests of the daemons in a whole domain of namespaces. congestion.py comes last: what .ci/run does beside is over by then, and user-mode Linux has one
# processor's time for all that is in it.
domain_tests = \
	%D%/system/attach_100.py \
	%D%/system/experiments.py \
	%D%/system/flow_manager.py \
	%D%/system/flow_move.py \
	%D%/system/handover.py \
	%D%/system/kill_restart.py \
	%D%/system/lma_crash.py \
	%D%/system/congestion.py \
	$(NULL)
domain_beside_tests = \
	%D%/system/documents.py \
	%D%/system/store.py \
	%D%/system/terminal.py \
	%D%/system/flow_kinds.py \
	%D%/system/flow_socket.py \
	%D%/system/full.py \
	%D%/system/bench_quick.py \
	%D%/system/fmi.py \
	%D%/system/demo-flows.sh \
	%D%/system/lab_user.py \
	%D%/system/lab_uml.py \
	%D%/system/perf.py \
	%D%/system/ap_agent.py \
	%D%/system/bulk.py \
	%D%/system/clean_exit.py \
	%D%/system/control_client.py \
	%D%/system/core_link.py \
	%D%/system/gre.py \
	%D%/system/hostile.py \
	%D%/system/imperfect.py \
	%D%/system/ipsec.py \
	%D%/system/ipv4.py \
	%D%/system/lab.py \
	%D%/system/lab_api.py \
	%D%/system/lab_isatap.py \
	%D%/system/link_local.py \
	%D%/system/man_examples.py \
	%D%/system/mtu.py \
	%D%/system/multipath.py \
	%D%/system/presence.py \
	%D%/system/redirect.py \
	%D%/system/reflector.py \
	%D%/system/resync.py \
	%D%/system/revoke.py \
	$(NULL)
if ENABLE_PROGRAMS
system_tests += $(domain_tests)
beside_tests += $(domain_beside_tests)
endif
EXTRA_DIST += \
	$(domain_beside_tests) \
	$(domain_tests) \
	%D%/system/crowd.py \
	%D%/system/document.py \
	%D%/system/drive.py \
	%D%/system/fmp.py \
	%D%/system/load.py \
	%D%/system/stream.py \
	%D%/system/system.py \
	%D%/system/two_links.py \
	$(NULL)

# Checks of the tree and the built libraries.
tool_tests = \
	%D%/conformance/check_report.py \
	%D%/tools/check-consumer.sh \
	%D%/tools/check-coverage.py \
	%D%/tools/check-decode.py \
	%D%/tools/check-dist.sh \
	%D%/tools/check-doxygen.sh \
	%D%/tools/check-exports.sh \
	%D%/tools/check-figures.py \
	%D%/tools/check-headers.sh \
	%D%/tools/check-layers.sh \
	%D%/tools/check-man.sh \
	%D%/tools/check-pictures.sh \
	%D%/tools/check-pure.sh \
	%D%/tools/check-scenario.sh \
	%D%/tools/check-scripts.sh \
	%D%/tools/check-settings.py \
	%D%/tools/check-shell.sh \
	%D%/tools/check-style.sh \
	%D%/tools/check-topology.py \
	%D%/tools/check-tshark.py \
	$(NULL)

# The Python bindings, by the package of the build directory.
python_tests = \
	%D%/python/captures.py \
	%D%/python/client.py \
	%D%/python/death_order.py \
	%D%/python/docs.py \
	%D%/python/examples.py \
	%D%/python/exceptions.py \
	%D%/python/fmp.py \
	%D%/python/leak.py \
	%D%/python/no_memory.py \
	%D%/python/speed.py \
	%D%/python/vectors.py \
	$(NULL)
if ENABLE_PYTHON
TESTS += $(python_tests)
endif
EXTRA_DIST += $(python_tests) %D%/python/domain.py %D%/python/fake_daemon.py %D%/python/lib.py

# Programs that system tests drive.
system_programs = \
	$(NULL)
if ENABLE_LINUX
system_programs += \
	%D%/system/access_check \
	%D%/system/dp_drive \
	%D%/system/flow_stream \
	%D%/system/io_check \
	%D%/system/nfqueue_check \
	%D%/system/nl_check \
	%D%/system/runner_check \
	$(NULL)
%C%_system_access_check_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS)
%C%_system_dp_drive_SOURCES = %D%/system/dp_drive.c %D%/system/scarce.c %D%/system/scarce.h
%C%_system_dp_drive_CPPFLAGS = $(AM_CPPFLAGS) $(NL_CFLAGS)
%C%_system_dp_drive_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=reallocarray,--wrap=nlmsg_alloc_size,--wrap=bpf_prog_attach_opts,--wrap=nlmsg_put,--wrap=recvmmsg
%C%_system_dp_drive_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS) $(BPF_LIBS)
%C%_system_flow_stream_LDADD =
%C%_system_io_check_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la
%C%_system_runner_check_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS)
%C%_system_nfqueue_check_LDADD = libflowmob/libflowmob-linux-core.la libpmip/libpmip-core.la $(NFQUEUE_LIBS)
%C%_system_nl_check_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS) $(BPF_LIBS)
endif
check_PROGRAMS += $(system_programs)
EXTRA_DIST += \
	%D%/README.md \
	%D%/system/alone.sh \
	%D%/system/drive.sh \
	%D%/system/gso.py \
	%D%/system/icmp_errors.py \
	%D%/system/lib.sh \
	%D%/system/odd.py \
	%D%/system/tcx.py \
	%D%/system/wire_equal.py \
	%D%/tools/ask_lma.py \
	%D%/tools/codec_random.py \
	%D%/tools/coverage.sh \
	%D%/tools/cross.sh \
	%D%/tools/lib.sh \
	%D%/unit/packet_maker.h \
	%D%/unit/unit.h \
	$(NULL)

if ENABLE_TESTS
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
TESTS += $(tool_tests)
if ENABLE_SYSTEM_TESTS
TESTS += $(beside_tests) $(system_tests)
endif

# Which test proves what; it looks at the results of all others, so it comes after them.
conformance = %D%/conformance/report
TESTS += $(conformance).py
$(conformance).log: $(filter-out $(conformance).log,$(TEST_LOGS))
EXTRA_DIST += \
	%D%/conformance/report.py \
	%D%/conformance/requirements.tsv \
	$(NULL)

EXTRA_DIST += $(beside_tests) $(tool_tests) $(system_tests)
EXTRA_DIST += %D%/settings %D%/topologies

LDADD = libpmip/libpmip-core.la $(CHECK_LIBS)
# A test may take its time on a busy machine: Check's own limit is 4 s. Each test of a unit test's program leaves a TAP line in its log.
AM_TESTS_ENVIRONMENT = \
	CC='$(CC)'; export CC; CK_DEFAULT_TIMEOUT=60; export CK_DEFAULT_TIMEOUT; \
	CK_TAP_LOG_FILE_NAME=-; export CK_TAP_LOG_FILE_NAME; test_logs='$(TEST_LOGS)'; export test_logs; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir;
TEST_EXTENSIONS = .sh .py
SH_LOG_COMPILER = bash $(top_srcdir)/%D%/system/alone.sh bash
PY_LOG_COMPILER = bash $(top_srcdir)/%D%/system/alone.sh /usr/bin/python3

CLEANFILES += %D%/alone.lock

# Installed before any test runs, for those that look at what an outsider gets: libtool links the libraries anew, and each is away meanwhile.
check_DATA += %D%/installed.stamp
%D%/installed.stamp: $(PROGRAMS) $(LTLIBRARIES) $(SCRIPTS) $(MANS) $(DATA) $(HEADERS) $(check_PROGRAMS)
	$(AM_V_GEN)rm -rf %D%/installed && $(MAKE) $(AM_MAKEFLAGS) -s install DESTDIR='$(abs_top_builddir)/%D%/installed' >%D%/installed.log 2>&1 || \
		{ cat %D%/installed.log; exit 1; }
	$(AM_V_at)touch $@
CLEANFILES += %D%/installed.log %D%/installed.stamp

EXTRA_DIST += %D%/unit/vector.h %D%/vectors

# Measurements: make bench makes the tables of doc/performance.md anew, BENCH names some. make bench-quick only shows that all run.
bench_programs = \
	%D%/bench/bench_flowmob \
	%D%/bench/bench_lma \
	$(NULL)
check_PROGRAMS += $(bench_programs)
EXTRA_DIST += \
	%D%/bench/bench.h \
	%D%/bench/bench_datapath.py \
	%D%/bench/bench_forward.py \
	%D%/bench/bench_move.py \
	%D%/bench/bench_perf.py \
	%D%/bench/bench_python.py \
	%D%/bench/bench_scale.py \
	%D%/bench/bench_tcp.py \
	%D%/bench/chain.py \
	%D%/bench/goals.py \
	%D%/bench/page.py \
	%D%/bench/results.py \
	%D%/bench/run.py \
	%D%/bench/tables.py \
	%D%/bench/text.py \
	$(NULL)
%C%_bench_bench_flowmob_LDADD = libflowmob/libflowmob-core.la libpmip/libpmip-core.la
%C%_bench_bench_lma_LDADD = libpmip/libpmip-core.la
if ENABLE_LINUX
bench_programs += %D%/bench/bench_datapath %D%/bench/flood %D%/bench/queue_reader
%C%_bench_bench_datapath_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS) $(BPF_LIBS)
%C%_bench_flood_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/%D%/bench $(BPF_CFLAGS)
%C%_bench_flood_SOURCES = %D%/bench/flood.c %D%/bench/flood.h
nodist_%C%_bench_flood_SOURCES = %D%/bench/flood.skel.h
%C%_bench_flood_LDADD = $(BPF_LIBS)
%C%_bench_queue_reader_CPPFLAGS = $(AM_CPPFLAGS) $(NFQUEUE_CFLAGS)
%C%_bench_queue_reader_SOURCES = %D%/bench/flood.h %D%/bench/queue_reader.c
%C%_bench_queue_reader_LDADD = $(NFQUEUE_LIBS)
$(top_builddir)/%D%/bench/flood-flood.$(OBJEXT): %D%/bench/flood.skel.h
CLEANFILES += %D%/bench/flood.skel.h %D%/bench/flood.bpf.o
%D%/bench/flood.bpf.o: %D%/bench/flood.bpf.c %D%/bench/flood.h
	$(AM_V_GEN)$(MKDIR_P) %D%/bench && \
	$(CLANG) -target bpf -g -O2 -Wall -Wextra -Werror $(BPF_CFLAGS) -idirafter /usr/include/$(host_cpu)-$(host_os) -c -o $@ \
		$(srcdir)/%D%/bench/flood.bpf.c
%D%/bench/flood.skel.h: %D%/bench/flood.bpf.o
	$(AM_V_GEN)$(BPFTOOL) gen skeleton %D%/bench/flood.bpf.o name flood_bpf > $@.tmp && mv $@.tmp $@
endif
EXTRA_DIST += %D%/bench/flood.bpf.c
bench bench-quick: $(bench_programs) $(system_programs) $(sbin_PROGRAMS)
	$(AM_V_at)case $@ in *-quick) options=--quick ;; *) options= ;; esac; \
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' /usr/bin/python3 $(srcdir)/%D%/bench/run.py $$options $(BENCH)
.PHONY: bench bench-quick

# Programs that the checks run.
check_PROGRAMS += %D%/tools/rfc_coverage %D%/tools/wire_messages

# Fuzz targets. With --enable-fuzzers they are libFuzzer's; without, replay_main.c runs them over the vectors in make check.
fuzz_programs = \
	%D%/fuzz/fuzz_classifier \
	%D%/fuzz/fuzz_fmp \
	%D%/fuzz/fuzz_mh \
	%D%/fuzz/fuzz_packet \
	$(NULL)
check_PROGRAMS += $(fuzz_programs)
if ENABLE_FUZZERS
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_ldflags = $(AM_LDFLAGS)
fuzz_main = %D%/fuzz/replay_main.c
TESTS += %D%/fuzz/replay.sh
endif
%C%_fuzz_fuzz_classifier_SOURCES = \
	%D%/fuzz/classifier_script.c \
	%D%/fuzz/classifier_script.h \
	%D%/fuzz/fuzz_classifier.c \
	$(fuzz_main)
%C%_fuzz_fuzz_classifier_LDADD = libflowmob/libflowmob-core.la libpmip/libpmip-core.la
%C%_fuzz_fuzz_classifier_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_fmp_SOURCES = %D%/fuzz/fuzz_fmp.c $(fuzz_main)
%C%_fuzz_fuzz_fmp_LDADD = libflowmob/libflowmob-core.la libpmip/libpmip-core.la
%C%_fuzz_fuzz_fmp_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_mh_SOURCES = %D%/fuzz/fuzz_mh.c $(fuzz_main)
%C%_fuzz_fuzz_mh_LDADD = libpmip/libpmip-core.la
%C%_fuzz_fuzz_mh_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_packet_SOURCES = %D%/fuzz/fuzz_packet.c $(fuzz_main)
%C%_fuzz_fuzz_packet_LDADD = libflowmob/libflowmob-core.la libpmip/libpmip-core.la
%C%_fuzz_fuzz_packet_LDFLAGS = $(fuzz_ldflags)
EXTRA_DIST += \
	%D%/fuzz/README.md \
	%D%/fuzz/corpus \
	%D%/fuzz/mh.dict \
	%D%/fuzz/need.h \
	%D%/fuzz/replay.sh \
	%D%/fuzz/replay_main.c \
	$(NULL)
