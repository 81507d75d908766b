// SPDX-License-Identifier: Apache-2.0
// Level flexv: dot product of operand registers fused with a load into one of them. Included by
// intrinsics.h.
#pragma once
// clang-format off

/// Register a Mac&Load instruction loads after its dot product.
enum fb_load { kFbLoadW0, kFbLoadW1, kFbLoadW2, kFbLoadW3, kFbLoadA0, kFbLoadA1, kFbLoadNone = 7 };

/// Addresses of a stream of loads: `stride` bytes on after each, `rollback` bytes after every
/// `skip`-th instead.
#define FB_SET_STREAM(stream, address, stride, rollback, skip)   \
  do {                                                           \
    csr_write(CSR_FB##stream##ADDR, (uintptr_t)(address));       \
    csr_write(CSR_FB##stream##STRIDE, stride);                   \
    csr_write(CSR_FB##stream##ROLLBACK, rollback);               \
    csr_write(CSR_FB##stream##SKIP, skip); /* count = 0 */       \
  } while (0)
#define fb_set_activation_stream(address, stride, rollback, skip) \
  FB_SET_STREAM(A, address, stride, rollback, skip)
#define fb_set_weight_stream(address, stride, rollback, skip) \
  FB_SET_STREAM(W, address, stride, rollback, skip)

#define FB_MAC_LOAD_FIRST(name)                                                               \
  FB_INTRINSIC uint32_t fb_##name(int a, int w, enum fb_load load) {                          \
    uint32_t d;                                                                               \
    __asm__ volatile("fb." #name " %0, %1, %2, %3"                                            \
                     : "=r"(d)                                                                \
                     : "i"(a), "i"(w), "i"(load)                                              \
                     : "memory");                                                             \
    return d;                                                                                 \
  }
#define FB_MAC_LOAD(name)                                                                     \
  FB_INTRINSIC uint32_t fb_##name(uint32_t d, int a, int w, enum fb_load load) {              \
    __asm__ volatile("fb." #name " %0, %1, %2, %3"                                            \
                     : "+r"(d)                                                                \
                     : "i"(a), "i"(w), "i"(load)                                              \
                     : "memory");                                                             \
    return d;                                                                                 \
  }

FB_MAC_LOAD_FIRST(mldotup)
FB_MAC_LOAD_FIRST(mldotusp)
FB_MAC_LOAD_FIRST(mldotsp)
FB_MAC_LOAD(mlsdotup)
FB_MAC_LOAD(mlsdotusp)
FB_MAC_LOAD(mlsdotsp)

/// Only loads the register.
FB_INTRINSIC void fb_load_operand(enum fb_load load) {
  __asm__ volatile("fb.mlsdotup zero, 0, 0, %0" ::"i"(load) : "memory");
}

#undef FB_MAC_LOAD
#undef FB_MAC_LOAD_FIRST
