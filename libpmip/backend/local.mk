if ENABLE_LINUX
libpmip_libpmip_linux_core_la_SOURCES += \
	%D%/nl.c \
	%D%/nl.h \
	%D%/nl_route.c \
	$(NULL)
endif
