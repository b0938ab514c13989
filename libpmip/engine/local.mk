libpmip_libpmip_core_la_SOURCES += \
	%D%/action_queue.c \
	%D%/action_queue.h \
	%D%/heartbeat.c \
	%D%/heartbeat.h \
	%D%/input.c \
	%D%/input.h \
	%D%/lma.c \
	%D%/lma.h \
	%D%/lma_config.c \
	%D%/lma_heartbeat.c \
	%D%/lma_hold.c \
	%D%/lma_lookup.c \
	%D%/lma_prefix.c \
	%D%/lma_query.c \
	%D%/lma_register.c \
	%D%/lma_reply.c \
	%D%/lma_request.c \
	%D%/mag.c \
	%D%/mag.h \
	%D%/mag_attach.c \
	%D%/mag_config.c \
	%D%/mag_forward.c \
	%D%/mag_heartbeat.c \
	%D%/mag_list.c \
	%D%/mag_pba.c \
	%D%/mag_ra.c \
	%D%/mag_register.c \
	%D%/names.c \
	%D%/op_ring.c \
	%D%/op_ring.h \
	%D%/retransmit.c \
	%D%/retransmit.h \
	$(NULL)
EXTRA_DIST += %D%/README.md
