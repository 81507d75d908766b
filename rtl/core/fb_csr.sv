// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Machine-mode control and status registers, interrupt selection and performance counters
// (docs/isa.md). Accessed in EX: reads are combinational, writes and traps take effect at the end
// of the cycle in which commit_i or trap_i is set.
module fb_csr (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic [2:0]        level_i,
  input  logic [31:0]       hart_id_i,
  input  logic [31:0]       irq_i,
  // access by the instruction in EX
  input  logic              access_i,
  input  logic              commit_i,
  input  logic [11:0]       addr_i,
  input  logic [1:0]        op_i,         // csr_op_e
  input  logic              op_writes_i,  // rs1 field is not zero: set and clear write
  input  logic [31:0]       operand_i,
  output logic [31:0]       rdata_o,
  output logic              illegal_o,
  // registers that live elsewhere
  output logic              fb_we_o,
  output logic [31:0]       wdata_o,
  input  logic [31:0]       fb_rdata_i,
  input  fb_core_pkg::loop_t loop0_i,
  input  fb_core_pkg::loop_t loop1_i,
  // traps
  input  logic              trap_i,
  input  logic              trap_irq_i,
  input  logic [4:0]        trap_cause_i,
  input  logic [31:0]       trap_epc_i,
  input  logic [31:0]       trap_tval_i,
  input  logic              mret_i,
  output logic [31:0]       trap_target_o,
  output logic [31:0]       mepc_o,
  output logic              irq_pending_o,  // an enabled interrupt is pending, whatever mstatus.MIE is
  output logic              irq_take_o,     // … and mstatus.MIE is set
  output logic [4:0]        irq_cause_o,
  // counting
  input  logic              retire_i,
  input  logic [fb_core_pkg::NumHpmCounters-1:0] event_i
);

  localparam int NumCounters = 2 + fb_core_pkg::NumHpmCounters;

  logic        mie_q, mpie_q;
  logic [31:0] mie_mask_q, mtvec_q, mscratch_q, mepc_q, mtval_q;
  logic        mcause_irq_q;
  logic [4:0]  mcause_q;
  logic [63:0] counter_q [NumCounters];  // mcycle, minstret, mhpmcounter3 …
  logic [NumCounters-1:0] inhibit_q;

  logic [31:0] mip;
  assign mip = irq_i & fb_isa_pkg::IrqMask;

  // Counter addressed: [9:8] machine or user view, [7] upper half, [4:0] number.
  logic       is_counter;
  logic [4:0] number;
  logic [3:0] index;
  logic       index_valid;
  assign number      = addr_i[4:0];
  assign is_counter  = (addr_i[11:8] == 4'hb || addr_i[11:8] == 4'hc) && addr_i[6:5] == 2'b00 &&
                       number != 5'd1;
  assign index_valid = number <= 5'd10;
  assign index       = number == 5'd0 ? 4'd0 : number[3:0] - 4'd1;

  logic xpulpv2, mixed, flexv;
  assign xpulpv2 = level_i >= fb_isa_pkg::LevelXpulpV2;
  assign mixed   = level_i >= fb_isa_pkg::LevelMixed;
  assign flexv   = level_i >= fb_isa_pkg::LevelFlexV;

  logic        known;
  logic [63:0] counter;
  assign counter = index_valid ? counter_q[index] : 64'd0;

  always_comb begin
    known   = 1'b1;
    rdata_o = 32'd0;
    if (access_i) unique case (addr_i)
      fb_isa_pkg::CsrMstatus:       rdata_o = {19'd0, 2'b11, 3'd0, mpie_q, 3'd0, mie_q, 3'd0};
      fb_isa_pkg::CsrMisa:          rdata_o = {8'h40, xpulpv2, 23'h001104};
      fb_isa_pkg::CsrMie:           rdata_o = mie_mask_q;
      fb_isa_pkg::CsrMtvec:         rdata_o = mtvec_q;
      fb_isa_pkg::CsrMcountinhibit: rdata_o = {21'd0, inhibit_q[NumCounters-1:1], 1'b0, inhibit_q[0]};
      fb_isa_pkg::CsrMscratch:      rdata_o = mscratch_q;
      fb_isa_pkg::CsrMepc:          rdata_o = mepc_q;
      fb_isa_pkg::CsrMcause:        rdata_o = {mcause_irq_q, 26'd0, mcause_q};
      fb_isa_pkg::CsrMtval:         rdata_o = mtval_q;
      fb_isa_pkg::CsrMip:           rdata_o = mip;
      fb_isa_pkg::CsrTinfo:         rdata_o = 32'd1;
      fb_isa_pkg::CsrMstatush, fb_isa_pkg::CsrTselect, fb_isa_pkg::CsrTdata1,
      fb_isa_pkg::CsrTdata2, fb_isa_pkg::CsrTdata3, fb_isa_pkg::CsrMvendorid,
      fb_isa_pkg::CsrMarchid, fb_isa_pkg::CsrMimpid, fb_isa_pkg::CsrMconfigptr: rdata_o = 32'd0;
      fb_isa_pkg::CsrMhartid:       rdata_o = hart_id_i;
      fb_isa_pkg::CsrLpStart0: begin
        known   = xpulpv2;
        rdata_o = loop0_i.first;
      end
      fb_isa_pkg::CsrLpEnd0: begin
        known   = xpulpv2;
        rdata_o = loop0_i.last;
      end
      fb_isa_pkg::CsrLpCount0: begin
        known   = xpulpv2;
        rdata_o = loop0_i.count;
      end
      fb_isa_pkg::CsrLpStart1: begin
        known   = xpulpv2;
        rdata_o = loop1_i.first;
      end
      fb_isa_pkg::CsrLpEnd1: begin
        known   = xpulpv2;
        rdata_o = loop1_i.last;
      end
      fb_isa_pkg::CsrLpCount1: begin
        known   = xpulpv2;
        rdata_o = loop1_i.count;
      end
      fb_isa_pkg::CsrUhartid: begin
        known   = xpulpv2;
        rdata_o = hart_id_i;
      end
      fb_isa_pkg::CsrPrivlv: begin
        known   = xpulpv2;
        rdata_o = 32'd3;
      end
      fb_isa_pkg::CsrFbFmt, fb_isa_pkg::CsrFbSkip, fb_isa_pkg::CsrFbSlice: begin
        known   = mixed;
        rdata_o = fb_rdata_i;
      end
      fb_isa_pkg::CsrFbAAddr, fb_isa_pkg::CsrFbAStride, fb_isa_pkg::CsrFbARollback,
      fb_isa_pkg::CsrFbASkip, fb_isa_pkg::CsrFbWAddr, fb_isa_pkg::CsrFbWStride,
      fb_isa_pkg::CsrFbWRollback, fb_isa_pkg::CsrFbWSkip, fb_isa_pkg::CsrFbA0,
      fb_isa_pkg::CsrFbA1, fb_isa_pkg::CsrFbW0, fb_isa_pkg::CsrFbW1, fb_isa_pkg::CsrFbW2,
      fb_isa_pkg::CsrFbW3: begin
        known   = flexv;
        rdata_o = fb_rdata_i;
      end
      default: begin
        if (is_counter) begin
          rdata_o = addr_i[7] ? counter[63:32] : counter[31:0];
        end else if (addr_i >= fb_isa_pkg::CsrMhpmevent3 && addr_i <= fb_isa_pkg::CsrMhpmevent31) begin
          rdata_o = index_valid ? {27'd0, number - 5'd2} : 32'd0;
        end else begin
          known = 1'b0;
        end
      end
    endcase
  end

  logic writes, we;
  assign writes    = op_i == fb_core_pkg::CsrWrite || op_writes_i;
  assign illegal_o = access_i && (!known || (writes && addr_i[11:10] == 2'b11));
  assign we        = access_i && commit_i && writes;
  assign fb_we_o   = we;
  assign wdata_o   = op_i == fb_core_pkg::CsrWrite ? operand_i :
                     op_i == fb_core_pkg::CsrSet   ? rdata_o | operand_i : rdata_o & ~operand_i;

  // Interrupts: fast 31 … 16, then external, software, timer.
  logic [31:0] irq_pending;
  assign irq_pending   = mip & mie_mask_q;
  assign irq_pending_o = irq_pending != 32'd0;
  assign irq_take_o    = irq_pending_o && mie_q;
  always_comb begin
    irq_cause_o = irq_pending[11] ? 5'd11 : irq_pending[3] ? 5'd3 : 5'd7;
    for (int i = 16; i < 32; i++) begin
      if (irq_pending[i]) irq_cause_o = i[4:0];
    end
  end

  assign mepc_o        = mepc_q;
  assign trap_target_o = {mtvec_q[31:2] + (mtvec_q[0] && trap_irq_i ? {25'd0, trap_cause_i} : 30'd0),
                          2'b00};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mie_q        <= 1'b0;
      mpie_q       <= 1'b0;
      mie_mask_q   <= '0;
      mtvec_q      <= '0;
      mscratch_q   <= '0;
      mepc_q       <= '0;
      mcause_irq_q <= 1'b0;
      mcause_q     <= '0;
      mtval_q      <= '0;
      inhibit_q    <= '0;
    end else if (trap_i) begin
      mie_q        <= 1'b0;
      mpie_q       <= mie_q;
      mepc_q       <= trap_epc_i;
      mcause_irq_q <= trap_irq_i;
      mcause_q     <= trap_cause_i;
      mtval_q      <= trap_tval_i;
    end else if (mret_i) begin
      mie_q  <= mpie_q;
      mpie_q <= 1'b1;
    end else if (we) begin
      unique case (addr_i)
        fb_isa_pkg::CsrMstatus: begin
          mie_q  <= wdata_o[3];
          mpie_q <= wdata_o[7];
        end
        fb_isa_pkg::CsrMie:           mie_mask_q <= wdata_o & fb_isa_pkg::IrqMask;
        fb_isa_pkg::CsrMtvec:         mtvec_q <= {wdata_o[31:2], 1'b0, wdata_o[0]};
        fb_isa_pkg::CsrMscratch:      mscratch_q <= wdata_o;
        fb_isa_pkg::CsrMepc:          mepc_q <= {wdata_o[31:1], 1'b0};
        fb_isa_pkg::CsrMcause: begin
          mcause_irq_q <= wdata_o[31];
          mcause_q     <= wdata_o[4:0];
        end
        fb_isa_pkg::CsrMtval:         mtval_q <= wdata_o;
        fb_isa_pkg::CsrMcountinhibit: inhibit_q <= {wdata_o[NumCounters:2], wdata_o[0]};
        default: ;
      endcase
    end
  end

  // Counters. A write replaces the increment.
  logic [NumCounters-1:0] increment;
  logic                   counter_we;
  assign increment  = {event_i, retire_i, 1'b1} & ~inhibit_q;
  assign counter_we = we && is_counter && index_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int i = 0; i < NumCounters; i++) counter_q[i] <= '0;
    end else begin
      for (int i = 0; i < NumCounters; i++) begin
        if (increment[i]) counter_q[i] <= counter_q[i] + 64'd1;
        if (counter_we && index == i[3:0]) begin
          counter_q[i] <= addr_i[7] ? {wdata_o, counter_q[i][31:0]} : {counter_q[i][63:32], wdata_o};
        end
      end
    end
  end

endmodule
