libpmip_libpmip_core_la_SOURCES += \
	%D%/addr.c \
	%D%/buf.c \
	%D%/buf.h \
	%D%/error.c \
	$(NULL)
EXTRA_DIST += %D%/README.md
