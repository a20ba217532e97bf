-- Median followers of each age group (50+ is over 50; under 18 is in none). Medians are exact: with an even number, the mean of the middle two. No ties.
with

posts as (
    select ind, follower_count from pin where follower_count is not null
),

users as (
    select
        ind,
        case
            when age between 18 and 24 then '18-24'
            when age between 25 and 35 then '25-35'
            when age between 36 and 50 then '36-50'
            when age > 50 then '50+'
        end as age_group
    from user
),

final as (
    select age_group, percentile(follower_count, 0.5) as median_follower_count
    from posts
    inner join users using (ind)
    where age_group is not null
    group by age_group
)

select * from final order by age_group
