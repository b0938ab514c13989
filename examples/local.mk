if ENABLE_PROGRAMS
noinst_LTLIBRARIES += %D%/libcommon.la
%C%_libcommon_la_SOURCES = \
	%D%/common/commands.c \
	%D%/common/control.c \
	%D%/common/control.h \
	%D%/common/daemon.c \
	%D%/common/daemon.h \
	%D%/common/events.c \
	%D%/common/events.h \
	%D%/common/limit.c \
	%D%/common/limit.h \
	%D%/common/log.c \
	%D%/common/log.h \
	%D%/common/options.c \
	%D%/common/options.h \
	%D%/common/profiles.c \
	%D%/common/profiles.h \
	%D%/common/protection.c \
	%D%/common/protection.h \
	%D%/common/report.c \
	%D%/common/report.h \
	%D%/common/restart.c \
	%D%/common/restart.h \
	%D%/common/seqpacket.c \
	%D%/common/seqpacket.h \
	%D%/common/service.c \
	%D%/common/service.h \
	%D%/common/settings.c \
	%D%/common/settings.h \
	%D%/common/unix_socket.c \
	%D%/common/unix_socket.h \
	%D%/common/value.c \
	%D%/common/yaml.c \
	%D%/common/yaml.h \
	$(NULL)
programs_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% $(PROGRAMS_CFLAGS) -DSYSCONFDIR='"$(sysconfdir)"'
programs_ldadd = %D%/libcommon.la libpmip/libpmip-linux.la libpmip/libpmip.la $(PROGRAMS_LIBS)
%C%_libcommon_la_CPPFLAGS = $(programs_cppflags)

sbin_PROGRAMS += flowmob-manager pmip-lma pmip-mag
flowmob_manager_SOURCES = \
	%D%/flow-manager/commands.c \
	%D%/flow-manager/config.c \
	%D%/flow-manager/main.c \
	%D%/flow-manager/manager.h \
	%D%/flow-manager/policy.c \
	%D%/flow-manager/queue.c \
	$(NULL)
flowmob_manager_CPPFLAGS = $(programs_cppflags)
flowmob_manager_LDADD = libflowmob/libflowmob-linux.la libflowmob/libflowmob.la $(programs_ldadd)

pmip_lma_SOURCES = \
	%D%/lma/commands.c \
	%D%/lma/config.c \
	%D%/lma/config_ipv4.c \
	%D%/lma/config_peers.c \
	%D%/lma/flow_aging.c \
	%D%/lma/flow_aging.h \
	%D%/lma/flow_commands.c \
	%D%/lma/flow_commands.h \
	%D%/lma/flow_counting.c \
	%D%/lma/flow_counting.h \
	%D%/lma/flow_link.c \
	%D%/lma/flow_link.h \
	%D%/lma/flow_socket.c \
	%D%/lma/flow_socket.h \
	%D%/lma/lma.h \
	%D%/lma/main.c \
	%D%/lma/signal_commands.c \
	%D%/lma/signal_commands.h \
	%D%/lma/signalling.c \
	%D%/lma/store.c \
	%D%/lma/store.h \
	%D%/lma/wiring.c \
	%D%/lma/wiring.h \
	$(NULL)
pmip_lma_CPPFLAGS = $(programs_cppflags)
pmip_lma_LDADD = libflowmob/libflowmob.la $(programs_ldadd)

pmip_mag_SOURCES = \
	%D%/mag/access_network.c \
	%D%/mag/clock.c \
	%D%/mag/clock.h \
	%D%/mag/commands.c \
	%D%/mag/config.c \
	%D%/mag/mag.h \
	%D%/mag/main.c \
	%D%/mag/wiring.c \
	%D%/mag/wiring.h \
	$(NULL)
pmip_mag_CPPFLAGS = $(programs_cppflags)
pmip_mag_LDADD = $(programs_ldadd)

sbin_PROGRAMS += flowmob-mn
flowmob_mn_SOURCES = \
	%D%/mn/commands.c \
	%D%/mn/config.c \
	%D%/mn/main.c \
	%D%/mn/mn.h \
	$(NULL)
flowmob_mn_CPPFLAGS = $(programs_cppflags)
flowmob_mn_LDADD = %D%/libcommon.la libflowmob/libflowmob-linux.la libflowmob/libflowmob.la $(programs_ldadd)

bin_PROGRAMS += pmipctl
pmipctl_SOURCES = \
	%D%/pmipctl/main.c \
	%D%/pmipctl/print.c \
	%D%/pmipctl/print.h \
	$(NULL)
pmipctl_CPPFLAGS = $(programs_cppflags)
pmipctl_LDADD = $(PROGRAMS_LIBS)

sbin_PROGRAMS += flowmob-slaves
flowmob_slaves_SOURCES = \
	%D%/slaves/main.c \
	$(NULL)
flowmob_slaves_CPPFLAGS = $(programs_cppflags)
flowmob_slaves_LDADD = %D%/libcommon.la libflowmob/libflowmob-linux.la libpmip/libpmip.la

sbin_PROGRAMS += pmip-perf
pmip_perf_SOURCES = \
	%D%/perf/client.h \
	%D%/perf/echo.c \
	%D%/perf/echo.h \
	%D%/perf/generator.c \
	%D%/perf/generator.h \
	%D%/perf/histogram.c \
	%D%/perf/histogram.h \
	%D%/perf/main.c \
	%D%/perf/message.c \
	%D%/perf/message.h \
	%D%/perf/plan.c \
	%D%/perf/plan.h \
	%D%/perf/prefix_set.c \
	%D%/perf/prefix_set.h \
	%D%/perf/report.c \
	%D%/perf/report.h \
	%D%/perf/report_json.c \
	%D%/perf/settings.c \
	%D%/perf/settings.h \
	%D%/perf/stats.c \
	%D%/perf/stats.h \
	%D%/perf/waiting.c \
	%D%/perf/waiting.h \
	$(NULL)
pmip_perf_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% $(JANSSON_CFLAGS)
pmip_perf_LDADD = libpmip/libpmip-linux.la libpmip/libpmip.la $(JANSSON_LIBS)

bin_PROGRAMS += pmip-decode pmip-encode
codec_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/%D% $(JANSSON_CFLAGS) $(PCAP_CFLAGS)
pmip_decode_SOURCES = \
	%D%/codec/capture.c \
	%D%/codec/decode.c \
	%D%/codec/decode.h \
	%D%/codec/json.h \
	%D%/codec/lines.c \
	%D%/codec/text.c \
	%D%/codec/to_json.c \
	$(NULL)
pmip_decode_CPPFLAGS = $(codec_cppflags)
pmip_decode_LDADD = libpmip/libpmip.la $(JANSSON_LIBS) $(PCAP_LIBS)

pmip_encode_SOURCES = \
	%D%/codec/encode.c \
	%D%/codec/from_json.c \
	%D%/codec/json.h \
	%D%/codec/text.c \
	$(NULL)
pmip_encode_CPPFLAGS = $(codec_cppflags)
pmip_encode_LDADD = libpmip/libpmip.la $(JANSSON_LIBS)

# The reference files are installed under a name that no program reads: what an administrator has written stays.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/pmip'
	$(INSTALL_DATA) '$(srcdir)/%D%/mn/flowmob-mn.yaml' '$(DESTDIR)$(sysconfdir)/pmip/flowmob-mn.yaml.example'
	$(INSTALL_DATA) '$(srcdir)/%D%/flow-manager/flowmob-manager.yaml' '$(DESTDIR)$(sysconfdir)/pmip/flowmob-manager.yaml.example'
	$(INSTALL_DATA) '$(srcdir)/%D%/lma/pmip-lma.yaml' '$(DESTDIR)$(sysconfdir)/pmip/pmip-lma.yaml.example'
	$(INSTALL_DATA) '$(srcdir)/%D%/mag/pmip-mag.yaml' '$(DESTDIR)$(sysconfdir)/pmip/pmip-mag.yaml.example'

uninstall-local:
	rm -f '$(DESTDIR)$(sysconfdir)/pmip/flowmob-manager.yaml.example' '$(DESTDIR)$(sysconfdir)/pmip/flowmob-mn.yaml.example' '$(DESTDIR)$(sysconfdir)/pmip/pmip-lma.yaml.example' '$(DESTDIR)$(sysconfdir)/pmip/pmip-mag.yaml.example'
endif

# Programs for who begins: sources and a Makefile of their own, built against what is installed.
minimaldir = $(docdir)/examples/minimal
dist_minimal_DATA = \
	%D%/minimal/Makefile \
	%D%/minimal/flows.c \
	%D%/minimal/lma.c \
	$(NULL)
if ENABLE_LINUX
adaptersdir = $(docdir)/examples/adapters
dist_adapters_DATA = \
	%D%/adapters/Makefile \
	%D%/adapters/anchor.h \
	%D%/adapters/lma-libevent.c \
	%D%/adapters/lma-libuv.c \
	%D%/adapters/lma-poll.c \
	%D%/adapters/lma-sd-event.c \
	$(NULL)
endif

EXTRA_DIST += \
	%D%/README.md \
	%D%/flow-manager/flowmob-manager.yaml \
	%D%/lma/pmip-lma.yaml \
	%D%/mag/pmip-mag.yaml \
	%D%/mn/flowmob-mn.yaml \
	$(NULL)
