// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Timer: counts cycles while enabled; at COUNT = COMPARE it sends an event to the cores of TARGETS
// and stops at, or restarts from, 0: so COMPARE + 1 cycles from event to event.
module fb_timer #(
  parameter int NumCores = 8
) (
  input  wire                 clk_i,
  input  wire                 rst_ni,
  input  wire                 req_i,
  input  wire  [11:0]         offset_i,
  input  wire                 we_i,
  input  wire  [31:0]         wdata_i,
  output logic [31:0]         rdata_o,   // in the next cycle; 0 without a read
  output logic [NumCores-1:0] event_o
);

  logic [31:0]         count_q, compare_q;
  logic                enable_q, restart_q;
  logic [NumCores-1:0] targets_q;

  logic write, match;
  assign write   = req_i && we_i;
  assign match   = enable_q && count_q == compare_q;
  assign event_o = match ? targets_q : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q   <= '0;
      compare_q <= '0;
      enable_q  <= 1'b0;
      restart_q <= 1'b0;
      targets_q <= '0;
      rdata_o   <= '0;
    end else begin
      if (enable_q) begin
        count_q <= match ? 32'd0 : count_q + 32'd1;
        if (match && !restart_q) enable_q <= 1'b0;
      end
      if (write) begin
        unique case (offset_i)
          fb_cluster_pkg::TimerCount:   count_q <= wdata_i;
          fb_cluster_pkg::TimerCompare: compare_q <= wdata_i;
          fb_cluster_pkg::TimerControl: {restart_q, enable_q} <= wdata_i[1:0];
          fb_cluster_pkg::TimerTargets: targets_q <= wdata_i[NumCores-1:0];
          default: ;
        endcase
      end
      rdata_o <= '0;
      if (req_i && !we_i) begin
        unique case (offset_i)
          fb_cluster_pkg::TimerCount:   rdata_o <= count_q;
          fb_cluster_pkg::TimerCompare: rdata_o <= compare_q;
          fb_cluster_pkg::TimerControl: rdata_o <= {30'd0, restart_q, enable_q};
          fb_cluster_pkg::TimerTargets: rdata_o <= {{(32 - NumCores){1'b0}}, targets_q};
          default: ;
        endcase
      end
    end
  end

endmodule

`default_nettype wire
