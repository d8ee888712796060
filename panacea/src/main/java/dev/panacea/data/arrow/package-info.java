/** Arrow IPC files and streams: read from mapped memory under bounds checks, written through arrow-vector. */
package dev.panacea.data.arrow;
