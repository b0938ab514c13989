libpmip_libpmip_core_la_SOURCES += \
	%D%/addr_set.c \
	%D%/addr_set.h \
	%D%/binding_cache.c \
	%D%/binding_cache.h \
	%D%/flow_cache.c \
	%D%/flow_cache.h \
	%D%/freshness.c \
	%D%/freshness.h \
	%D%/peer.c \
	%D%/peer.h \
	%D%/peer_rule.c \
	%D%/peer_rule.h \
	%D%/prefix_pool.c \
	%D%/prefix_pool.h \
	%D%/profile.c \
	%D%/profile.h \
	%D%/record.c \
	%D%/record.h \
	$(NULL)
EXTRA_DIST += %D%/README.md
