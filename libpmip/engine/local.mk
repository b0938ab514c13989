libpmip_libpmip_core_la_SOURCES += \
	%D%/action_queue.c \
	%D%/action_queue.h \
	%D%/input.c \
	%D%/input.h \
	$(NULL)
