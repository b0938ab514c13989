pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/libflowmob.pc %D%/libpmip.pc
if ENABLE_LINUX
pkgconfig_DATA += %D%/libflowmob-linux.pc %D%/libpmip-linux.pc
endif
