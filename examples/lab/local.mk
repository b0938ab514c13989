EXTRA_DIST += \
	%D%/README.md \
	%D%/capture.py \
	%D%/demo.py \
	%D%/domain.py \
	%D%/flows.py \
	%D%/handover.py \
	%D%/manager.py \
	%D%/netns.py \
	%D%/paths.py \
	%D%/terminal.py \
	%D%/traffic.py \
	$(NULL)
