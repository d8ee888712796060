package dev.panacea.bench.device;

/**
 * A call whose time is that of moving its bytes.
 *
 * @param bytes read and written, each once
 */
record StreamingCall(String name, long bytes, Runnable call) { }
