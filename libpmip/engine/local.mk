libpmip_libpmip_core_la_SOURCES += \
	%D%/action_queue.c \
	%D%/action_queue.h \
	%D%/input.c \
	%D%/input.h \
	%D%/mag.c \
	%D%/mag.h \
	%D%/mag_attach.c \
	%D%/mag_config.c \
	%D%/mag_forward.c \
	%D%/mag_list.c \
	%D%/mag_pba.c \
	%D%/mag_ra.c \
	%D%/mag_register.c \
	%D%/op_ring.c \
	%D%/op_ring.h \
	%D%/retransmit.c \
	%D%/retransmit.h \
	$(NULL)
