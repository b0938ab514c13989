libpmip_libpmip_core_la_SOURCES += \
	%D%/checksum.c \
	%D%/field.c \
	%D%/field.h \
	%D%/mh.c \
	%D%/mh_binding.c \
	%D%/mh_table.c \
	%D%/mh_table.h \
	%D%/option.c \
	%D%/option.h \
	%D%/option_table.c \
	%D%/option_table.h \
	%D%/print.c \
	$(NULL)
EXTRA_DIST += %D%/README.md
