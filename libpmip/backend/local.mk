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
	$(NULL)
endif
