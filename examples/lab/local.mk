EXTRA_DIST += \
	%D%/README.md \
	%D%/capture.py \
	%D%/demo.py \
	%D%/domain.py \
	%D%/handover.py \
	%D%/netns.py \
	%D%/terminal.py \
	%D%/traffic.py \
	$(NULL)
