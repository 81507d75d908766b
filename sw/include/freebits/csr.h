// SPDX-License-Identifier: Apache-2.0
// Control and status registers: numbers (generated from the RTL's package, plus the ranges) and
// access.
#pragma once

#include <stdint.h>

#include "freebits/isa_numbers.h"

#define CSR_MINSTRET (CSR_MCYCLE + 2)
#define CSR_MINSTRETH (CSR_MCYCLEH + 2)
#define CSR_MHPMCOUNTER(n) (CSR_MCYCLE + (n))  // n = 3 … 31
#define CSR_MHPMCOUNTERH(n) (CSR_MCYCLEH + (n))
#define CSR_MHPMEVENT(n) (CSR_MHPMEVENT3 - 3 + (n))

#define csr_read(number)                                              \
  ({                                                                  \
    uint32_t csr_value_;                                              \
    __asm__ volatile("csrr %0, %1" : "=r"(csr_value_) : "i"(number)); \
    csr_value_;                                                       \
  })

#define csr_swap(number, value)                             \
  ({                                                        \
    uint32_t csr_value_;                                    \
    __asm__ volatile("csrrw %0, %1, %2"                     \
                     : "=r"(csr_value_)                     \
                     : "i"(number), "rK"((uint32_t)(value)) \
                     : "memory");                           \
    csr_value_;                                             \
  })

#define csr_write(number, value) \
  __asm__ volatile("csrw %0, %1" ::"i"(number), "rK"((uint32_t)(value)) : "memory")
#define csr_set(number, bits) \
  __asm__ volatile("csrs %0, %1" ::"i"(number), "rK"((uint32_t)(bits)) : "memory")
#define csr_clear(number, bits) \
  __asm__ volatile("csrc %0, %1" ::"i"(number), "rK"((uint32_t)(bits)) : "memory")
