// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/methods/differentiable.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

enum class SearchMethod : std::uint8_t {
  FreeBits,     ///< BOP search, the published hardware-aware pass, ours
  Latency,      ///< expected latency in the loss
  Exact,        ///< integer programming
  Sensitivity,  ///< greedy
};
inline constexpr std::array<std::string_view, 4> kSearchMethodNames = {"freebits", "latency",
                                                                       "exact", "sensitivity"};

/// What a search was asked to do.
struct SearchSettings {
  TrainOptions train;  ///< of the float network; data set, batch, threads and seed of all
  std::optional<std::string> checkpoint;  ///< a trained float network instead
  std::string checkpoint_content{};       ///< content_of() it; Search sees to that
  std::vector<SearchMethod> methods = {SearchMethod::FreeBits, SearchMethod::Latency,
                                       SearchMethod::Exact, SearchMethod::Sensitivity};
  std::vector<unsigned> baselines = {8, 4, 2};  ///< uniform networks to compare with; 8 among them
  std::vector<double> bop_prices = {0.001, 0.003, 0.01};  ///< mu of the differentiable searches
  std::vector<double> latency_prices = {0.3, 1};          ///< the same of expected latency
  std::vector<double> shares = {0.3, 0.6, 0.85};  ///< of the cycles to save (exact, sensitivity)
  unsigned refinements = 2;  ///< more shares between the best that is accurate enough and the next
  GatedForm form = GatedForm::Independent;
  unsigned gate_epochs = 3;
  unsigned fine_tuning_epochs = 2;
  float fine_tuning_rate = 0.01F;
  std::size_t sensitivity_images = 1024;
  double max_drop = 0.005;              ///< below the float network's accuracy, as a share of 1
  std::optional<std::uint64_t> budget;  ///< cycles: the most accurate within it instead

  [[nodiscard]] bool wants(SearchMethod method) const;
};

/// Claims the folder for a search, made when there is none: notes what decides its results in
/// search.json there. Data set and checkpoint are known by their contents, wherever they lie.
/// Throws Error, naming the first difference, when it holds another search, and when it cannot be
/// written.
void claim_folder(const std::filesystem::path& folder, const models::Graph& graph,
                  const SearchSettings& settings);

}  // namespace freebits::search
