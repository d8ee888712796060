// Lanes that part and meet again: trip counts of their own, switches, nested breaks, returns before a barrier, loops within branches.

// Steps of the Collatz sequence down to 1, and the greatest number on the way.
extern "C" __global__ void collatz(int n, const int* __restrict__ in, int* __restrict__ steps, long long* __restrict__ peaks) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    long long value = in[i];
    long long peak = value;
    int count = 0;
    while (value != 1) {
        value = value & 1 ? 3 * value + 1 : value / 2;
        peak = max(peak, value);
        count++;
    }
    steps[i] = count;
    peaks[i] = peak;
}

// A switch of many cases, some falling through, some leaving the loop, some the function.
extern "C" __global__ void machine(int n, int length, const unsigned char* __restrict__ programs, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned char* program = programs + i * length;
    int a = i;
    int b = 1;
    int at = 0;
    for (int step = 0; step < 200 && at < length; step++) {
        const int operation = program[at++];
        switch (operation & 15) {
            case 0:
                a += b;
                break;
            case 1:
                a -= b;
                break;
            case 2:
                b = a ^ operation;
                break;
            case 3:
                a *= 3;
            case 4:
                b += 5;
                break;
            case 5:
                if (a & 1) {
                    continue;
                }
                a >>= 1;
                break;
            case 6:
                at = (operation >> 4) % length;
                break;
            case 7:
                for (int k = 0; k < (b & 7); k++) {
                    a = a * 5 + k;
                    if (a % 11 == 3) {
                        break;
                    }
                }
                break;
            case 8:
                out[i] = a - b;
                return;
            case 9:
                a = __popc(a) + b;
                break;
            case 10: {
                const int old = a;
                a = b;
                b = old;
                break;
            }
            case 11:
                at = length;
                break;
            case 12:
                a = a < b ? a : b;
                break;
            default:
                b = ~b;
        }
    }
    out[i] = a + b * 7;
}

// Breaks and continues of three loops within each other; the count of inner steps shows that no lane ran too far.
extern "C" __global__ void nested(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned seed = in[i];
    int count = 0;
    unsigned state = seed;
    for (int x = 0; x < 6; x++) {
        for (int y = 0; y < 6; y++) {
            state = state * 1664525u + 1013904223u;
            if ((state >> 28) == 0) {
                break;
            }
            for (int z = 0; z < 6; z++) {
                state = state * 1664525u + 1013904223u;
                count++;
                if ((state >> 29) == 1) {
                    break;
                }
                if ((state >> 29) == 2) {
                    continue;
                }
                if ((state >> 26) == 63) {
                    out[i] = -count;
                    return;
                }
                count += 100;
            }
            if ((state >> 30) == 3) {
                goto next;
            }
        }
        count += 10000;
    next:
        state ^= count;
    }
    out[i] = count;
}

// Some threads leave before a barrier: it counts those that are still there.
extern "C" __global__ void earlyReturn(int limit, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int shared[256];
    const int i = threadIdx.x;
    shared[i] = 0;
    __syncthreads();
    if (i >= limit) {
        return;
    }
    shared[i] = in[i];
    __syncthreads();
    out[i] = shared[limit - 1 - i];
}

// A warp parts into lanes that loop different numbers of times and meets to shuffle, again and again.
extern "C" __global__ void meetings(const int* __restrict__ in, int* __restrict__ out) {
    const int lane = threadIdx.x % 32;
    int value = in[threadIdx.x];
    for (int round = 0; round < 5; round++) {
        for (int k = 0; k < ((lane * 7 + round) & 15); k++) {
            value = value * 31 + k;
        }
        if (value & 4) {
            value += lane;
        } else if (value & 2) {
            value -= round;
        } else {
            value ^= 0x55;
        }
        __syncwarp();
        value += __shfl_xor_sync(0xffffffff, value, 1 << round);
    }
    out[threadIdx.x] = value;
}

// Short circuits of a condition with effects, and a ternary chain.
extern "C" __global__ void conditions(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        int a = in[i];
        int hits = 0;
        if ((a & 1 && ++hits && a & 2 && ++hits) || (a & 4 && ++hits) || a < 0) {
            hits += 10;
        }
        do {
            hits += 100;
            a = a / 16;
        } while (a != 0 && hits < 700);
        out[i] = a == 0 ? hits : a < 0 ? -hits : hits * 3;
    }
}
