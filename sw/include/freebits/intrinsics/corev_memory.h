// SPDX-License-Identifier: Apache-2.0
// XCVmem and XCVelw. _post: the pointer advances by `step` bytes (a constant) after the access;
// _post_r: by a register; _r: address = base + offset register. Included by intrinsics.h.
#pragma once
// clang-format off

#define FB_LOAD(name, type, mnemonic)                                                          \
  FB_INTRINSIC type name##_post(const void** pointer, int step) {                              \
    type d;                                                                                    \
    __asm__ volatile(mnemonic " %0, (%1), %2" : "=r"(d), "+r"(*pointer) : "i"(step) : "memory"); \
    return d;                                                                                  \
  }                                                                                            \
  FB_INTRINSIC type name##_post_r(const void** pointer, int32_t step) {                        \
    type d;                                                                                    \
    __asm__ volatile(mnemonic " %0, (%1), %2" : "=&r"(d), "+r"(*pointer) : "r"(step) : "memory"); \
    return d;                                                                                  \
  }                                                                                            \
  FB_INTRINSIC type name##_r(const void* base, int32_t offset) {                               \
    type d;                                                                                    \
    __asm__ volatile(mnemonic " %0, %2(%1)" : "=r"(d) : "r"(base), "r"(offset) : "memory");    \
    return d;                                                                                  \
  }
#define FB_STORE(name, mnemonic)                                                               \
  FB_INTRINSIC void name##_post(uint32_t value, void** pointer, int step) {                    \
    __asm__ volatile(mnemonic " %1, (%0), %2"                                                  \
                     : "+r"(*pointer)                                                          \
                     : "r"(value), "i"(step)                                                   \
                     : "memory");                                                              \
  }                                                                                            \
  FB_INTRINSIC void name##_post_r(uint32_t value, void** pointer, int32_t step) {              \
    __asm__ volatile(mnemonic " %1, (%0), %2"                                                  \
                     : "+r"(*pointer)                                                          \
                     : "r"(value), "r"(step)                                                   \
                     : "memory");                                                              \
  }                                                                                            \
  FB_INTRINSIC void name##_r(uint32_t value, void* base, int32_t offset) {                     \
    __asm__ volatile(mnemonic " %0, %2(%1)" ::"r"(value), "r"(base), "r"(offset) : "memory");  \
  }

FB_LOAD(cv_lb, int32_t, "cv.lb")
FB_LOAD(cv_lbu, uint32_t, "cv.lbu")
FB_LOAD(cv_lh, int32_t, "cv.lh")
FB_LOAD(cv_lhu, uint32_t, "cv.lhu")
FB_LOAD(cv_lw, uint32_t, "cv.lw")
FB_STORE(cv_sb, "cv.sb")
FB_STORE(cv_sh, "cv.sh")
FB_STORE(cv_sw, "cv.sw")

/// Loads a word whose response may come late; the core sleeps meanwhile.
FB_INTRINSIC uint32_t cv_elw(const volatile void* address) {
  uint32_t d;
  __asm__ volatile("cv.elw %0, 0(%1)" : "=r"(d) : "r"(address) : "memory");
  return d;
}

#undef FB_LOAD
#undef FB_STORE
