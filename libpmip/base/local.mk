libpmip_libpmip_core_la_SOURCES += \
	%D%/addr.c \
	%D%/buf.c \
	%D%/buf.h \
	%D%/error.c \
	%D%/flow.c \
	%D%/hash.c \
	%D%/hash.h \
	%D%/htable.c \
	%D%/htable.h \
	%D%/list.h \
	%D%/mem.c \
	%D%/mem.h \
	%D%/timerq.c \
	%D%/timerq.h \
	$(NULL)
EXTRA_DIST += %D%/README.md
