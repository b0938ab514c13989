if ENABLE_LINUX
libpmip_libpmip_linux_core_la_SOURCES += \
	%D%/access_linux.c \
	%D%/access_linux.h \
	%D%/access_watch.c \
	%D%/io_raw.c \
	%D%/link.c \
	%D%/link.h \
	%D%/nd.c \
	%D%/nd.h \
	%D%/nl.c \
	%D%/nl.h \
	%D%/nl_route.c \
	%D%/os.h \
	%D%/runner.c \
	%D%/runner.h \
	%D%/runner_engine.c \
	%D%/access_links.c \
	%D%/access_links.h \
	%D%/backend_log.c \
	%D%/backend_log.h \
	%D%/datapath_netlink.c \
	%D%/datapath_netlink.h \
	%D%/datapath_netlink_sweep.c \
	%D%/nl.c \
	%D%/nl.h \
	%D%/nl_route.c \
	%D%/nl_tunnel.c \
	%D%/nl_tunnel.h \
	$(NULL)
endif
