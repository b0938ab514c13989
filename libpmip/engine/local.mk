libpmip_libpmip_core_la_SOURCES += \
	%D%/action_queue.c \
	%D%/action_queue.h \
	%D%/lma.c \
	%D%/lma.h \
	%D%/lma_config.c \
	%D%/lma_hold.c \
	%D%/lma_lookup.c \
	%D%/lma_prefix.c \
	%D%/lma_query.c \
	%D%/lma_register.c \
	%D%/lma_reply.c \
	%D%/lma_request.c \
	%D%/names.c \
	%D%/input.c \
	%D%/input.h \
	$(NULL)
