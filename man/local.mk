man_pages = \
	%D%/flowmob-manager.8 \
	%D%/flowmob-mn.8 \
	%D%/flowmob-slaves.8 \
	%D%/pmip-decode.1 \
	%D%/pmip-encode.1 \
	%D%/pmip-lma.8 \
	%D%/pmip-mag.8 \
	%D%/pmip-perf.8 \
	%D%/pmipctl.1 \
	$(NULL)
EXTRA_DIST += $(man_pages)
if ENABLE_PROGRAMS
man_MANS = $(man_pages)
endif
