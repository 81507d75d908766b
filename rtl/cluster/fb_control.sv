// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Control: what the cluster is made of, and the flush of the instruction caches.
module fb_control #(
  parameter int NumCores  = 8,
  parameter int NumBanks  = 16,
  parameter int TcdmBytes = 131072
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire  [31:0] l2_bytes_i,
  input  wire  [31:0] l3_bytes_i,
  input  wire  [2:0]  isa_level_i,
  input  wire         req_i,
  input  wire  [11:0] offset_i,
  input  wire         we_i,
  output logic [31:0] rdata_o,          // in the next cycle; 0 without a read
  output logic        icache_flush_o
);

  assign icache_flush_o = req_i && we_i && offset_i == fb_cluster_pkg::ControlIcacheFlush;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rdata_o <= '0;
    end else begin
      rdata_o <= '0;
      if (req_i && !we_i) begin
        unique case (offset_i)
          fb_cluster_pkg::ControlCores:   rdata_o <= NumCores;
          fb_cluster_pkg::ControlBanks:   rdata_o <= NumBanks;
          fb_cluster_pkg::ControlL1Bytes: rdata_o <= TcdmBytes;
          fb_cluster_pkg::ControlL2Bytes: rdata_o <= l2_bytes_i;
          fb_cluster_pkg::ControlL3Bytes: rdata_o <= l3_bytes_i;
          fb_cluster_pkg::ControlLevel:   rdata_o <= {29'd0, isa_level_i};
          default: ;
        endcase
      end
    end
  end

endmodule

`default_nettype wire
