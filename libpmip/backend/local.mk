pmip_bpf_headers = \
	%D%/bpf/packet.bpf.h \
	%D%/bpf/pmip_flow.bpf.h \
	%D%/bpf/pmip_hop.bpf.h \
	%D%/bpf/pmip_icmp.bpf.h \
	%D%/bpf/pmip_options.bpf.h \
	%D%/bpf/pmip_shortcut.bpf.h \
	%D%/bpf/pmip_xdp.bpf.h \
	$(NULL)

if ENABLE_LINUX
libpmip_libpmip_linux_base_la_SOURCES += \
	%D%/backend_log.c \
	%D%/backend_log.h \
	%D%/bpf/pmip_maps.h \
	%D%/bpf_attach.c \
	%D%/bpf_attach.h \
	%D%/bpf_inherit.c \
	%D%/bpf_inherit.h \
	%D%/bpf_walk.c \
	%D%/bpf_walk.h \
	%D%/if_sysctl.c \
	%D%/if_sysctl.h \
	%D%/link.c \
	%D%/link.h \
	%D%/nl.c \
	%D%/nl.h \
	%D%/nl_route.c \
	%D%/os.h \
	$(NULL)

libpmip_libpmip_linux_core_la_SOURCES += \
	%D%/access_address.c \
	%D%/access_links.c \
	%D%/access_links.h \
	%D%/access_linux.c \
	%D%/access_linux.h \
	%D%/access_watch.c \
	%D%/aside.c \
	%D%/aside.h \
	%D%/bpf_core.c \
	%D%/bpf_flow.c \
	%D%/bpf_lengths.c \
	%D%/bpf_lengths.h \
	%D%/bpf_load.c \
	%D%/bpf_load.h \
	%D%/bpf_move.c \
	%D%/bpf_place.c \
	%D%/bpf_place.h \
	%D%/bpf_setup.c \
	%D%/bpf_sweep.c \
	%D%/bpf_xdp.c \
	%D%/bpf_xdp.h \
	%D%/connmark.c \
	%D%/connmark.h \
	%D%/conntrack.c \
	%D%/conntrack.h \
	%D%/datapath_auto.c \
	%D%/datapath_bpf.c \
	%D%/datapath_bpf.h \
	%D%/datapath_netlink.c \
	%D%/datapath_netlink.h \
	%D%/datapath_netlink_count.c \
	%D%/datapath_netlink_flow.c \
	%D%/datapath_netlink_nexthop.c \
	%D%/datapath_netlink_sweep.c \
	%D%/datapath_netlink_tunnel.c \
	%D%/datapath_netlink_uplink.c \
	%D%/datapath_netlink_way.c \
	%D%/datapath_record.c \
	%D%/full.c \
	%D%/full.h \
	%D%/guard_tap.c \
	%D%/guard_tap.h \
	%D%/io_raw.c \
	%D%/ipsec.c \
	%D%/ipsec.h \
	%D%/nd.c \
	%D%/nd.h \
	%D%/nl_nexthop.c \
	%D%/nl_nexthop.h \
	%D%/nl_tunnel.c \
	%D%/nl_tunnel.h \
	%D%/qdisc.c \
	%D%/qdisc.h \
	%D%/runner.c \
	%D%/runner.h \
	%D%/runner_engine.c \
	%D%/store.h \
	%D%/store_fast.c \
	%D%/store_fast.h \
	%D%/store_journal.c \
	%D%/store_journal.h \
	%D%/store_lmdb.c \
	%D%/store_memory.c \
	$(NULL)

# The BPF programs, compiled to the object that the skeleton header carries inside it. asm/ headers are the host's.
bpf_skeleton = %D%/bpf/pmip.skel.h
libpmip_libpmip_linux_core_la_CPPFLAGS += -I$(top_builddir)/libpmip
nodist_libpmip_libpmip_linux_core_la_SOURCES = $(bpf_skeleton)
BUILT_SOURCES += $(bpf_skeleton)
CLEANFILES += $(bpf_skeleton) %D%/bpf/pmip.bpf.o

%D%/bpf/pmip.bpf.o: %D%/bpf/pmip.bpf.c %D%/bpf/pmip_maps.h $(pmip_bpf_headers)
	$(AM_V_GEN)$(MKDIR_P) %D%/bpf && \
	$(CLANG) -target bpf -g -O2 -Wall -Wextra -Werror $(BPF_CFLAGS) -idirafter /usr/include/$(host_cpu)-$(host_os) -c -o $@ \
		$(srcdir)/%D%/bpf/pmip.bpf.c
$(bpf_skeleton): %D%/bpf/pmip.bpf.o
	$(AM_V_GEN)$(BPFTOOL) gen skeleton %D%/bpf/pmip.bpf.o name pmip_bpf > $@.tmp && mv $@.tmp $@
endif
EXTRA_DIST += %D%/README.md %D%/bpf/pmip.bpf.c $(pmip_bpf_headers)
