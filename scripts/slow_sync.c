/* A disk that takes its time: fsync and fdatasync last STATION_SYNC_US longer.
 *
 * Loaded into a process by LD_PRELOAD; for benches on machines whose disk answers sooner than those
 * of a dock. The synchronising itself is done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int then_wait(int answer) {
    const char *text = getenv("STATION_SYNC_US");
    long wait_us = text ? atol(text) : 0;
    struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
    nanosleep(&wait, NULL);
    return answer;
}

int fsync(int file) {
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return then_wait(real(file));
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return then_wait(real(file));
}
