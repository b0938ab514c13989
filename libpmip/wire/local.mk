libpmip_libpmip_core_la_SOURCES += \
	$(NULL)
