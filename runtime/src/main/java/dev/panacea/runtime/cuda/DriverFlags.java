package dev.panacea.runtime.cuda;

/** The flags of cuda.h that we use, for both native drivers. */
final class DriverFlags {
    static final int STREAM_NON_BLOCKING = 1;
    static final int EVENT_TIMED = 0;
    static final int EVENT_UNTIMED = 2;
    /** CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads may go on allocating. */
    static final int CAPTURE_THREAD_LOCAL = 1;
    static final int HOST_PORTABLE = 1;

    private DriverFlags() { }
}
