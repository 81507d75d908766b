// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/stop.hpp"
#include "search/data/augment.hpp"
#include "search/data/dataset.hpp"

namespace freebits::search {

struct LoaderOptions {
  std::size_t batch = 128;      ///< images a batch
  bool shuffle = true;          ///< a new order every epoch; otherwise 0, 1, 2 …
  bool drop_last = false;       ///< leaves out a last batch that is not full
  Augmentation augmentation;    ///< none by default
  Normalization normalization;  ///< empty: byte / 255
  std::uint64_t seed = 1;       ///< of order and augmentation
  unsigned workers = 1;         ///< threads that read and augment
  unsigned prefetch = 4;        ///< batches in memory, the one in use among them; at least 2
};

/// Up to the next call of the loader these belong to who asked for them.
struct Batch {
  std::span<float> images;                 ///< [image][height][width][channels]
  std::span<const std::uint32_t> labels;   ///< [image]
  std::span<const std::uint32_t> indices;  ///< [image], in the data set
  [[nodiscard]] std::size_t size() const { return labels.size(); }
};

/// The images of a data set in batches, an epoch at a time, made ahead by worker threads. An
/// image's randomness depends on (seed, epoch, index) and an epoch's order on (seed, epoch):
/// neither on the number of workers nor on what was read before, so that a run may resume at any
/// epoch. After construction it allocates nothing (the decoders of a folder's images do). One
/// thread may call it.
///
///   Loader loader(open_dataset("synthetic", Split::Train), {.batch = 64});
///   for (loader.start(epoch); const auto batch = loader.next();) train(*batch);
class Loader {
 public:
  /// Throws Error when an option is 0, there is no whole batch with drop_last, the normalization
  /// does not fit the set, or the system has no thread for a worker.
  Loader(std::shared_ptr<const Dataset> set, LoaderOptions options);

  /// Begins `epoch` from its batch `first` <= batches(); one under way is given up.
  void start(std::uint64_t epoch, std::size_t first = 0);

  /// The next batch, nothing after the last. Throws what reading one of its images threw, again and
  /// again until start(); std::logic_error before the first start(); Interrupted when `stop` is
  /// requested while it waits.
  [[nodiscard]] std::optional<Batch> next(StopToken stop = {});

  /// Of an epoch.
  [[nodiscard]] std::size_t batches() const { return batches_; }
  [[nodiscard]] ImageShape shape() const { return set_->shape(); }
  [[nodiscard]] const Dataset& dataset() const { return *set_; }

 private:
  /// A batch in the making or in use. Workers write disjoint parts of the vectors without the lock.
  struct Slot {
    std::vector<float> images;
    std::vector<std::uint32_t> labels, indices;
    unsigned in_work = 0;
    std::exception_ptr error;
    std::size_t error_unit = 0;
  };

  void work(const std::stop_token& stop);
  void fill(std::size_t unit, Slot& slot, std::span<std::uint8_t> bytes,
            const std::stop_token& stop);
  void shuffle();
  [[nodiscard]] bool claimable() const;
  [[nodiscard]] bool ready(std::size_t batch) const;
  [[nodiscard]] std::size_t batch_size(std::size_t batch) const;

  std::shared_ptr<const Dataset> set_;
  LoaderOptions options_;
  Augmenter augmenter_;
  std::size_t images_, batches_, units_per_batch_, units_;

  std::mutex mutex_;
  std::condition_variable_any may_claim_;  ///< a slot is free, or an epoch began
  std::condition_variable_any finished_;   ///< a unit is finished
  // Under the mutex, but for order_ and epoch_: those change only while no unit is in work.
  std::vector<Slot> slots_;  ///< batch b is in slot b mod their number
  std::vector<std::uint32_t> order_;
  std::uint64_t epoch_ = 0;
  std::size_t next_unit_ = 0;  ///< a unit is a few images of a batch; claimed in order
  std::size_t in_work_ = 0;
  std::size_t released_ = 0;  ///< batches that the consumer is through with
  bool started_ = false, running_ = false, lent_ = false;
  std::vector<std::jthread> workers_;  ///< last: destroyed, and so joined, first
};

}  // namespace freebits::search
