// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "search/methods/differentiable.hpp"
#include "search/methods/method.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

/// What a search was asked to do.
struct SearchSettings {
  TrainOptions train;  ///< of the float network; data set, batch, threads and seed of all
  std::optional<std::string> checkpoint;  ///< a trained float network instead
  std::string checkpoint_content{};       ///< content_of() it; Search sees to that
  Methods methods = {all_methods().begin(), all_methods().end()};
  MethodOptions options{};  ///< of all methods; its seed is that of the training
  std::vector<double> bop_strengths = {0.001, 0.003, 0.01};  ///< of the differentiable searches
  std::vector<double> latency_strengths = {0.3, 1};          ///< the same of expected latency
  GatedForm form = GatedForm::Independent;
  unsigned gate_epochs = 3;
  unsigned fine_tuning_epochs = 2;
  float fine_tuning_rate = 0.01F;
  std::size_t sensitivity_images = 1024;
  double max_drop = 0.005;  ///< below the float network's accuracy, as a share of 1; with a budget
                            ///< the most accurate within it is chosen instead

  /// Whether a method starts from this differentiable search.
  [[nodiscard]] bool starts_from(Start start) const;
  [[nodiscard]] bool searches_gates() const {
    return starts_from(Start::BopSearch) || starts_from(Start::LatencySearch);
  }
  [[nodiscard]] bool uses_sensitivities() const;
  /// Of the cost of a differentiable search; none for Start::None.
  [[nodiscard]] const std::vector<double>& strengths(Start start) const;
};

/// Claims the folder for a search, made when there is none: notes what decides its results in
/// search.json there. Data set and checkpoint are known by their contents, wherever they lie.
/// Throws Error, naming the first difference, when it holds another search, and when it cannot be
/// written.
void claim_folder(const std::filesystem::path& folder, const models::Graph& graph,
                  const SearchSettings& settings);

}  // namespace freebits::search
