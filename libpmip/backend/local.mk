if ENABLE_LINUX
libpmip_libpmip_linux_core_la_SOURCES += \
	$(NULL)
endif
