# libflowmob-core holds every object once; the public library and the tests are both made of it.
noinst_LTLIBRARIES += %D%/libflowmob-core.la
%C%_libflowmob_core_la_SOURCES = \
	%D%/applications.c \
	%D%/classifier.c \
	%D%/classifier.h \
	%D%/classifier_linear.c \
	%D%/classifier_tuple.c \
	%D%/flow_table.c \
	%D%/fmp.c \
	%D%/fragment_table.c \
	%D%/manager.c \
	%D%/manager.h \
	%D%/manager_config.c \
	%D%/manager_flow.c \
	%D%/manager_input.c \
	%D%/manager_nodes.c \
	%D%/manager_nodes.h \
	%D%/manager_query.c \
	%D%/manager_rate.c \
	%D%/manager_watch.c \
	%D%/packet.c \
	%D%/packet.h \
	%D%/policy.c \
	%D%/reflector.c \
	%D%/selector.c \
	%D%/selector.h \
	%D%/slave_selector.c \
	$(NULL)

lib_LTLIBRARIES += %D%/libflowmob.la
%C%_libflowmob_la_SOURCES =
%C%_libflowmob_la_LIBADD = %D%/libflowmob-core.la libpmip/libpmip-base.la libpmip/libpmip.la
%C%_libflowmob_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info $(LIBFLOWMOB_VERSION_INFO) \
	-Wl,--version-script=$(srcdir)/%D%/libflowmob.map
EXTRA_libflowmob_libflowmob_la_DEPENDENCIES = %D%/libflowmob.map
EXTRA_DIST += %D%/README.md %D%/libflowmob-linux.map %D%/libflowmob.map

flowmobincludedir = $(includedir)/flowmob
flowmobinclude_HEADERS = \
	%D%/include/flowmob/api.h \
	%D%/include/flowmob/applications.h \
	%D%/include/flowmob/classifier.h \
	%D%/include/flowmob/flow_table.h \
	%D%/include/flowmob/flowmob.h \
	%D%/include/flowmob/fmp.h \
	%D%/include/flowmob/fragment_table.h \
	%D%/include/flowmob/manager.h \
	%D%/include/flowmob/packet.h \
	%D%/include/flowmob/policy.h \
	%D%/include/flowmob/reflector.h \
	%D%/include/flowmob/selector.h \
	%D%/include/flowmob/slave_selector.h \
	$(NULL)

if ENABLE_LINUX
noinst_LTLIBRARIES += %D%/libflowmob-linux-core.la
%C%_libflowmob_linux_core_la_SOURCES = \
	%D%/backend/bpf/logical_maps.h \
	%D%/backend/bpf/reflector_maps.h \
	%D%/backend/command.c \
	%D%/backend/command.h \
	%D%/backend/first_packets.c \
	%D%/backend/interface_routes.c \
	%D%/backend/interface_routes.h \
	%D%/backend/logical.c \
	%D%/backend/logical.h \
	%D%/backend/logical_bonding.c \
	%D%/backend/logical_bpf.c \
	%D%/backend/logical_link.c \
	%D%/backend/logical_link.h \
	%D%/backend/logical_load.c \
	%D%/backend/nfqueue.c \
	%D%/backend/weak_host.c \
	%D%/backend/weak_host.h \
	%D%/backend/weak_host_bpf.c \
	%D%/backend/weak_host_nfqueue.c \
	$(NULL)
%C%_libflowmob_linux_core_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir) $(NFQUEUE_CFLAGS) $(NL_CFLAGS) $(BPF_CFLAGS)
%C%_libflowmob_linux_core_la_LIBADD = libpmip/libpmip-linux-base.la

lib_LTLIBRARIES += %D%/libflowmob-linux.la
%C%_libflowmob_linux_la_SOURCES =
%C%_libflowmob_linux_la_LIBADD = %D%/libflowmob-linux-core.la %D%/libflowmob.la libpmip/libpmip.la $(NL_LIBS) $(BPF_LIBS) $(NFQUEUE_LIBS)
%C%_libflowmob_linux_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info $(LIBFLOWMOB_LINUX_VERSION_INFO) \
	-Wl,--version-script=$(srcdir)/%D%/libflowmob-linux.map
EXTRA_libflowmob_libflowmob_linux_la_DEPENDENCIES = %D%/libflowmob-linux.map

flowmobinclude_HEADERS += \
	%D%/include/flowmob/logical.h \
	%D%/include/flowmob/first_packets.h \
	%D%/include/flowmob/nfqueue.h \
	%D%/include/flowmob/weak_host.h \
	$(NULL)

# As in libpmip/backend: the BPF programs, and their objects in headers.
flowmob_skeletons = \
	%D%/backend/bpf/logical.skel.h \
	%D%/backend/bpf/reflector.skel.h \
	$(NULL)
nodist_%C%_libflowmob_linux_core_la_SOURCES = $(flowmob_skeletons)
BUILT_SOURCES += $(flowmob_skeletons)
CLEANFILES += $(flowmob_skeletons) $(flowmob_skeletons:.skel.h=.bpf.o)

%D%/backend/bpf/logical.bpf.o: %D%/backend/bpf/logical_maps.h
%D%/backend/bpf/reflector.bpf.o: %D%/backend/bpf/reflector_maps.h
%D%/backend/bpf/%.bpf.o: %D%/backend/bpf/%.bpf.c libpmip/backend/bpf/packet.bpf.h libpmip/backend/bpf/pmip_maps.h
	$(AM_V_GEN)$(MKDIR_P) %D%/backend/bpf && \
	$(CLANG) -target bpf -g -O2 -Wall -Wextra -Werror -I$(top_srcdir) -I$(top_srcdir)/libpmip $(BPF_CFLAGS) \
		-idirafter /usr/include/$(host_cpu)-$(host_os) -c -o $@ $<
%D%/backend/bpf/%.skel.h: %D%/backend/bpf/%.bpf.o
	$(AM_V_GEN)$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp && mv $@.tmp $@
endif
EXTRA_DIST += %D%/backend/bpf/logical.bpf.c %D%/backend/bpf/reflector.bpf.c
