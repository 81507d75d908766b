// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "search/methods/quantizer_bank.hpp"

namespace freebits::search {

/// What it costs a network to have one thing narrower than 8 bits, all else at 8: the rise of the
/// mean cross-entropy on training images, before any fine-tuning. Never below 0, never less for
/// fewer bits.
struct Sensitivities {
  using Rise = std::array<double, models::kBitWidths.size()>;  ///< by place in kBitWidths

  double loss = 0;                ///< with 8 bits everywhere
  std::vector<Rise> weights;      ///< by layer; 0 for one without
  std::vector<Rise> activations;  ///< by TensorId; a max pool's output has 0: its input counts

  friend bool operator==(const Sensitivities&, const Sensitivities&) = default;
};

/// The accuracy model of the searches: the sum of what each width costs alone.
[[nodiscard]] double predicted_rise(const Sensitivities& sensitivities,
                                    const models::BitWidths& widths);

struct SensitivityOptions {
  std::size_t images = 1024;  ///< the first of the training set; whole batches are used
  /// After each of the measurements; may be empty.
  std::function<void(std::size_t done, std::size_t all)> on_progress{};
};

/// Measures them, batch norm taking the statistics of each batch, as fine-tuning would let it
/// adapt. The same for the same arguments and number of threads. Nothing when `stop` became true.
[[nodiscard]] std::optional<Sensitivities> measure_sensitivities(
    const QuantizerBank& bank, const std::shared_ptr<const Dataset>& train, Threads& threads,
    const SensitivityOptions& options, StopToken stop);

/// A file for a resumed search. Both throw Error, one line that names it; reading does for one of
/// another network, too.
void write_sensitivities(const std::filesystem::path& file, const Sensitivities& sensitivities);
[[nodiscard]] Sensitivities read_sensitivities(const std::filesystem::path& file,
                                               const models::Graph& graph);

}  // namespace freebits::search
