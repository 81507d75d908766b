// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "Vcluster.h"

#if FREEBITS_VISIBILITY == 2
#include "verilated_fst_c.h"

namespace freebits::tb {

/// Writes the cycles [from, to) as an FST file; outside this window nothing is dumped. Time is in
/// half cycles: cycle n is 2n (the clock high) and 2n + 1.
class ClusterTrace {
 public:
  ClusterTrace(VerilatedContext& context, Vcluster& model, const char* file, std::uint64_t from,
               std::uint64_t to)
      : file_(file), from_(2 * from), to_(to > ~std::uint64_t{0} / 2 ? ~std::uint64_t{0} : 2 * to) {
    context.traceEverOn(true);
    model.trace(&fst_, 99);
  }
  ~ClusterTrace() {
    if (fst_.isOpen()) fst_.close();
  }
  /// A reset within the window ends it: time would run backwards.
  void reset() { done_ = done_ || fst_.isOpen(); }
  void half(std::uint64_t time) {
    if (time < from_ || done_) return;
    if (time >= to_) {
      if (fst_.isOpen()) fst_.close();
      done_ = true;
      return;
    }
    if (!fst_.isOpen()) fst_.open(file_.c_str());
    fst_.dump(time);
  }

 private:
  VerilatedFstC fst_;
  std::string file_;
  std::uint64_t from_, to_;
  bool done_ = false;
};

}  // namespace freebits::tb

#else

namespace freebits::tb {

class ClusterTrace {
 public:
  ClusterTrace(VerilatedContext&, Vcluster&, const char*, std::uint64_t, std::uint64_t) {}
  void reset() {}
  void half(std::uint64_t) {}
};

}  // namespace freebits::tb

#endif
