libpmip_libpmip_core_la_SOURCES += \
	%D%/checksum.c \
	%D%/checksum.h \
	%D%/field.c \
	%D%/field.h \
	%D%/field_print.c \
	%D%/mh.c \
	%D%/mh_binding.c \
	%D%/mh_table.c \
	%D%/mh_table.h \
	%D%/names.c \
	%D%/names.h \
	%D%/option.c \
	%D%/option.h \
	%D%/option_later.c \
	%D%/option_mip6.c \
	%D%/option_proxy.c \
	%D%/option_table.c \
	%D%/option_table.h \
	%D%/print.c \
	%D%/selector.c \
	%D%/selector.h \
	%D%/suboption.c \
	%D%/suboption.h \
	%D%/suboption_table.c \
	%D%/tolerance.c \
	%D%/utf8.c \
	%D%/utf8.h \
	%D%/validate.c \
	$(NULL)
EXTRA_DIST += %D%/README.md
