libpmip_libpmip_core_la_SOURCES += \
	%D%/binding_cache.c \
	%D%/binding_cache.h \
	%D%/flow_cache.c \
	%D%/flow_cache.h \
	%D%/freshness.c \
	%D%/freshness.h \
	%D%/peer.c \
	%D%/peer.h \
	%D%/prefix_pool.c \
	%D%/prefix_pool.h \
	%D%/profile.c \
	%D%/profile.h \
	$(NULL)
EXTRA_DIST += %D%/README.md
