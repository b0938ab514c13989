# What is public is libpmip's alone; the rest is for each of our libraries.
libpmip_libpmip_core_la_SOURCES += \
	%D%/addr.c \
	%D%/error.c \
	%D%/flow.c \
	$(NULL)
libpmip_libpmip_base_la_SOURCES += \
	%D%/buf.c \
	%D%/buf.h \
	%D%/hash.c \
	%D%/hash.h \
	%D%/htable.c \
	%D%/htable.h \
	%D%/list.h \
	%D%/mem.c \
	%D%/mem.h \
	%D%/mnid.h \
	%D%/prefix.h \
	%D%/timerq.c \
	%D%/timerq.h \
	$(NULL)
EXTRA_DIST += %D%/README.md
