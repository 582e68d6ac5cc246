/** How the pool picks an account (contracts.md, Balancing). */
export type LoadBalancing = 'round-robin' | 'least-loaded' | 'cost-optimized' | 'balanced';
